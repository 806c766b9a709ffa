import { type AddressWords, addressWords, readAddress, readNetwork } from '../../address/index.ts';
import type { AddressFamily } from '../../contract/kinds/listsFile.ts';

/**
 * Addresses from `first` to `last`, as whole numbers: of IPv4 below 2³², of IPv6 the upper 64 bits. A range that is narrower than
 * an IPv6 /64 is that /64.
 */
export interface Interval {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
}

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined: it is none of them. */
export function intervalOfNetwork(text: string): Interval | undefined {
  const network = readNetwork(text);
  if (network === undefined) return undefined;
  const { family, first, last } = network;
  return { family: families[family], first: numberOf(family, first), last: numberOf(family, last) };
}

/** From one address to another of the same family; undefined: they are not that. */
export function intervalOfRange(firstText: string, lastText: string): Interval | undefined {
  const family = readAddress(firstText, firstWords);
  if (family === 0 || readAddress(lastText, lastWords) !== family) return undefined;
  const [first, last] = [numberOf(family, firstWords), numberOf(family, lastWords)];
  return first > last ? undefined : { family: families[family], first, last };
}

const families = { 4: 'ipv4', 6: 'ipv6' } as const;
const firstWords = addressWords();
const lastWords = addressWords();

function numberOf(family: 4 | 6, words: AddressWords): bigint {
  return family === 4 ? BigInt(words[3]!) : (BigInt(words[0]!) << 32n) | BigInt(words[1]!);
}
