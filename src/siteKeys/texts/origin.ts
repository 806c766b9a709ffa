import { ipv4Number, isAddress } from '../../address/index.ts';
import { hostSource, isHost } from './host.ts';

/** Where a site's requests go; an IPv6 address stands without its brackets, as sockets want it. */
export interface Origin {
  readonly host: string;
  readonly port: number;
}

/** An origin with how it is spoken to. */
export interface OriginAddress extends Origin {
  readonly isTls: boolean;
}

const originPattern = new RegExp(`^(https?)://(${hostSource}):([1-9][0-9]{0,4})$`);
/** A last label that resolvers and URL parsers take for part of an IPv4 address (WHATWG URL, "ends in a number"). */
const numberAtEnd = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/** Reads `http://host:port` or `https://host:port`: the one reading that validator, configuration and worker share. undefined: no origin. */
export function readOrigin(text: string): OriginAddress | undefined {
  const [, scheme, host, digits] = originPattern.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65_535 || !isReachableHost(host)) return undefined;
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port, isTls: scheme === 'https' };
}

/** A host that a connection can be made to: a name, or a whole and valid address. `256.0.0.1` and `app.1` are neither. */
export function isReachableHost(host: string): boolean {
  if (!isHost(host)) return false;
  if (host.startsWith('[')) return host.includes(':') && isAddress(host.slice(1, -1));
  return ipv4Number(host) !== -1 || !numberAtEnd.test(host);
}
