import { readProxyBlock } from './proxyBlock.ts';
import { readProxyLine } from './proxyLine.ts';

/** Why what stands first on a connection is no PROXY header: closed list, also the metric label. */
export const proxyRejections = {
  'not-proxy': 'the connection does not begin with a PROXY header',
  'proxy-line-malformed': 'the PROXY line is not what version 1 prescribes',
  'proxy-line-too-long': 'the PROXY line has no end within 107 bytes',
  'proxy-version-unknown': 'the binary PROXY header has another version than 2',
  'proxy-command-unknown': 'the binary PROXY header is neither LOCAL nor PROXY',
  'proxy-family-unknown': 'the binary PROXY header names an unassigned family or transport',
  'proxy-addresses-short': 'the binary PROXY header is shorter than its addresses',
  'proxy-header-too-large': 'the binary PROXY header is larger than 4 KiB',
  'proxy-tlv-malformed': 'a value in the binary PROXY header runs past its end',
  'proxy-checksum-wrong': 'the checksum of the binary PROXY header does not match',
} as const;
export type ProxyRejection = keyof typeof proxyRejections;

/** Where the visitor's connection to the proxy in front came from. */
export interface ProxySource {
  /** IPv4 or IPv6 in RFC 5952's spelling; a mapped IPv4 address as IPv4. */
  readonly address: string;
  readonly port: number;
}

export type ProxyHeaderRead =
  | { readonly kind: 'more' }
  /** `source` is null where the header says nothing of use (LOCAL, UNKNOWN, unix sockets): the socket's own peer counts. */
  | { readonly kind: 'done'; readonly source: ProxySource | null; readonly bytesUsed: number }
  | { readonly kind: 'rejected'; readonly reason: ProxyRejection };

const firstOfBlock = 0x0d;

/**
 * Reads a PROXY protocol header, version 1 or 2, from all bytes that arrived on a connection so far (haproxy's
 * proxy-protocol.txt). Stateless: call it again with more bytes after `more`; what it once said of a beginning it says
 * of every longer one. Only for listeners that were told to expect the header, from peers that are trusted with it.
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeaderRead {
  if (bytes.length === 0) return { kind: 'more' };
  return bytes[0] === firstOfBlock ? readProxyBlock(bytes) : readProxyLine(bytes);
}
