export { type AddressKey, addressKey } from './addressKey.ts';
export { addressText, canonicalAddress, peerAddressText } from './canonicalAddress.ts';
export { isLoopback } from './loopback.ts';
export { type Network, networkHolds, readNetwork } from './network.ts';
export { networkKey, networkLookupKey } from './networkKey.ts';
export {
  type AddressWords,
  addressWords,
  type IpFamily,
  ipv4Number,
  isAddress,
  readAddress,
} from './readAddress.ts';
