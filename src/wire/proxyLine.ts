import { canonicalAddress } from '../address/index.ts';
import { wireLimits } from './limits.ts';
import type { ProxyHeaderRead, ProxyRejection } from './proxyHeader.ts';

const prefix = 'PROXY ';
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const portPattern = /^(?:0|[1-9]\d{0,4})$/;

/** Version 1: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n`, read only when whole (section 2.1). */
export function readProxyLine(bytes: Uint8Array): ProxyHeaderRead {
  for (let index = 0; index < bytes.length && index < prefix.length; index++) {
    if (bytes[index] !== prefix.charCodeAt(index)) return rejected('not-proxy');
  }
  const end = lineEnd(bytes);
  if (typeof end === 'string') return end === 'more' ? { kind: 'more' } : rejected(end);
  // Latin-1, so that a byte above 0x7f stays one character that no pattern below takes.
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
  return readLine(line, end + 2);
}

/** Where the CR of the line's CRLF stands. A lone CR or LF is never a line's end. */
function lineEnd(bytes: Uint8Array): number | 'more' | ProxyRejection {
  const length = Math.min(bytes.length, wireLimits.proxyLineBytesMax);
  for (let index = prefix.length; index < length; index++) {
    const byte = bytes[index];
    if (byte === lineFeed) return 'proxy-line-malformed';
    if (byte !== carriageReturn) continue;
    if (index + 1 < length) return bytes[index + 1] === lineFeed ? index : 'proxy-line-malformed';
  }
  return length === wireLimits.proxyLineBytesMax ? 'proxy-line-too-long' : 'more';
}

function readLine(line: string, bytesUsed: number): ProxyHeaderRead {
  const [, family, source, destination, sourcePort, destinationPort, ...rest] = line.split(' ');
  // Whatever follows UNKNOWN is to be ignored; the connection itself counts.
  if (family === 'UNKNOWN') return { kind: 'done', source: null, bytesUsed };
  const read = family === 'TCP4' ? readTcp4 : family === 'TCP6' ? readTcp6 : undefined;
  if (read === undefined || destinationPort === undefined || rest.length > 0) return rejected('proxy-line-malformed');
  const address = read(source!);
  const port = readPort(sourcePort!);
  if (address === undefined || port === undefined) return rejected('proxy-line-malformed');
  if (read(destination!) === undefined || readPort(destinationPort) === undefined)
    return rejected('proxy-line-malformed');
  return { kind: 'done', source: { address, port }, bytesUsed };
}

/** An address as its family is written; always given out in one spelling, since what counts per client must not count one client twice. */
function readTcp4(text: string): string | undefined {
  return text.includes(':') ? undefined : canonicalAddress(text);
}

function readTcp6(text: string): string | undefined {
  return text.includes(':') ? canonicalAddress(text) : undefined;
}

function readPort(text: string): number | undefined {
  return portPattern.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function rejected(reason: ProxyRejection): ProxyHeaderRead {
  return { kind: 'rejected', reason };
}
