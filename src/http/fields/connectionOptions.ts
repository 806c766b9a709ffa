/** Options of a Connection field that mean something here, one bit each. */
export const connectionOption = { close: 1, keepAlive: 2, upgrade: 4 } as const;

/** What a Connection value asks for (RFC 9110 section 7.6.1), as bits; other options are left out. */
export function connectionOptions(value: string): number {
  const known = bits.get(value);
  if (known !== undefined) return known;
  let found = 0;
  for (const part of value.toLowerCase().split(',')) found |= bits.get(withoutBlanks(part)) ?? 0;
  return found;
}

/**
 * Whether another message may follow (RFC 9112 section 9.3): `close` wins over `keep-alive`, whichever stands first and
 * whichever line it stands in.
 */
export function keepsAlive(options: number, isVersion11: boolean): boolean {
  return (options & connectionOption.close) === 0 && (isVersion11 || (options & connectionOption.keepAlive) !== 0);
}

const bits = new Map<string, number>([
  ['close', connectionOption.close],
  ['keep-alive', connectionOption.keepAlive],
  ['upgrade', connectionOption.upgrade],
  ['Upgrade', connectionOption.upgrade],
]);

/** Not `trim`: that takes more for white space than HTTP does. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}
