import { addressText } from '../address/index.ts';
import { crc32c } from './crc32c.ts';
import { wireLimits } from './limits.ts';
import type { ProxyHeaderRead, ProxyRejection, ProxySource } from './proxyHeader.ts';

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const fixedBytes = 16;
const stream = 1;
const transportMax = 2;
const familyInet = 1;
const familyInet6 = 2;
/** Bytes of both addresses and ports by family: unspecified, IPv4, IPv6, unix socket. */
const addressBytes = [0, 12, 36, 216] as const;
const tlvChecksum = 3;
const tlvHeaderBytes = 3;

/** Version 2, the binary header, read only when whole (section 2.2). TLVs are walked, their sum checked, and skipped. */
export function readProxyBlock(bytes: Uint8Array): ProxyHeaderRead {
  for (let index = 0; index < bytes.length && index < signature.length; index++) {
    if (bytes[index] !== signature[index]) return rejected('not-proxy');
  }
  if (bytes.length < fixedBytes) return { kind: 'more' };
  const fault = fixedFault(bytes);
  if (fault !== undefined) return rejected(fault);
  const bytesUsed = fixedBytes + ((bytes[14]! << 8) | bytes[15]!);
  if (bytes.length < bytesUsed) return { kind: 'more' };
  // LOCAL: the proxy speaks for itself, a health check; the whole block is to be discarded unread.
  if (isLocal(bytes)) return { kind: 'done', source: null, bytesUsed };
  const tlvFault = valuesFault(bytes, fixedBytes + addressBytes[bytes[13]! >> 4]!, bytesUsed);
  if (tlvFault !== undefined) return rejected(tlvFault);
  return { kind: 'done', source: sourceOf(bytes), bytesUsed };
}

function isLocal(bytes: Uint8Array): boolean {
  return (bytes[12]! & 15) === 0;
}

/** What is wrong with the first 16 bytes; said before the rest is waited for. */
function fixedFault(bytes: Uint8Array): ProxyRejection | undefined {
  if (bytes[12]! >> 4 !== 2) return 'proxy-version-unknown';
  if ((bytes[12]! & 15) > 1) return 'proxy-command-unknown';
  const length = (bytes[14]! << 8) | bytes[15]!;
  if (fixedBytes + length > wireLimits.proxyHeaderBytesMax) return 'proxy-header-too-large';
  if (isLocal(bytes)) return undefined;
  const addresses = addressBytes[bytes[13]! >> 4];
  if (addresses === undefined || (bytes[13]! & 15) > transportMax) return 'proxy-family-unknown';
  return length < addresses ? 'proxy-addresses-short' : undefined;
}

/** Walks type, length (2 bytes), value from `from` to `to`; a checksum must be right and must be there once. */
function valuesFault(bytes: Uint8Array, from: number, to: number): ProxyRejection | undefined {
  let checksumAt = -1;
  let at = from;
  while (at < to) {
    if (to - at < tlvHeaderBytes) return 'proxy-tlv-malformed';
    const length = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const value = at + tlvHeaderBytes;
    if (length > to - value) return 'proxy-tlv-malformed';
    if (bytes[at] === tlvChecksum) {
      if (length !== 4 || checksumAt !== -1) return 'proxy-tlv-malformed';
      checksumAt = value;
    }
    at = value + length;
  }
  if (checksumAt === -1) return undefined;
  const [a, b, c, d] = bytes.subarray(checksumAt, checksumAt + 4) as unknown as [number, number, number, number];
  const said = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return said === crc32c(bytes, to, checksumAt) ? undefined : 'proxy-checksum-wrong';
}

/** Null for what has no address and port of a visitor's TCP connection: unspecified, unix sockets, datagrams. */
function sourceOf(bytes: Uint8Array): ProxySource | null {
  if ((bytes[13]! & 15) !== stream) return null;
  const at = fixedBytes;
  const pair = (offset: number) => (bytes[at + offset]! << 8) | bytes[at + offset + 1]!;
  const word = (offset: number) => pair(offset) * 0x10000 + pair(offset + 2);
  switch (bytes[13]! >> 4) {
    case familyInet:
      return { address: bytes.subarray(at, at + 4).join('.'), port: pair(8) };
    case familyInet6:
      return { address: addressText(Uint32Array.from([0, 4, 8, 12], word)), port: pair(32) };
    default:
      return null;
  }
}

function rejected(reason: ProxyRejection): ProxyHeaderRead {
  return { kind: 'rejected', reason };
}
