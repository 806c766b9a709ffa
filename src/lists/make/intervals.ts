import type { AddressFamily } from '../../contract/listsFile.ts';
import { type AddressWords, readAddress } from '../addressWords.ts';

/**
 * Addresses from `first` to `last`, as whole numbers: of IPv4 below 2³², of IPv6 the upper 64 bits. A range that is narrower than
 * an IPv6 /64 is that /64.
 */
export interface Interval {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
}

const read: AddressWords = { family: 0, high: 0, low: 0 };

/** undefined: it is no address. */
export function addressNumber(text: string): { readonly family: AddressFamily; readonly value: bigint } | undefined {
  readAddress(text, read);
  if (read.family === 0) return undefined;
  if (read.family === 4) return { family: 'ipv4', value: BigInt(read.high) };
  return { family: 'ipv6', value: (BigInt(read.high) << 32n) | BigInt(read.low) };
}

const bitsOf = { ipv4: 32, ipv6: 128 } as const;

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined: it is none of them. */
export function intervalOfNetwork(text: string): Interval | undefined {
  const slash = text.indexOf('/');
  const address = addressNumber(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const { family, value } = address;
  const bits = slash === -1 ? bitsOf[family] : prefixBits(text.slice(slash + 1), bitsOf[family]);
  if (bits === undefined) return undefined;
  const width = family === 'ipv4' ? 32 : 64;
  const free = BigInt(Math.max(0, width - bits));
  const first = (value >> free) << free;
  return { family, first, last: first + (1n << free) - 1n };
}

/** From one address to another of the same family; undefined: they are not that. */
export function intervalOfRange(firstText: string, lastText: string): Interval | undefined {
  const first = addressNumber(firstText);
  const last = addressNumber(lastText);
  if (first === undefined || last === undefined || first.family !== last.family) return undefined;
  return first.value > last.value ? undefined : { family: first.family, first: first.value, last: last.value };
}

function prefixBits(text: string, most: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  return Number(text) > most ? undefined : Number(text);
}
