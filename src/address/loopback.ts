import { networkHolds, readNetwork } from './network.ts';
import { addressWords, readAddress } from './readAddress.ts';

const loopback = ['127.0.0.0/8', '::1'].map((cidr) => readNetwork(cidr)!);

/** Whether nobody but this machine reaches an address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const words = addressWords();
  return readAddress(host, words) !== 0 && loopback.some((network) => networkHolds(network, words));
}
