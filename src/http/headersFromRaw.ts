import { fieldNameOf } from './fieldNames.ts';

/** Lower-case header name → value. Has no prototype, so `__proto__` or `constructor` from outside is a key like any other. */
export type Headers = Record<string, string | undefined>;

/**
 * Indexes `name, value, name, value ...` by lower-case name. Lines of one name are joined with `, ` (RFC 9110 section
 * 5.3), Cookie with `; ` (RFC 9113 section 8.2.3). A name without a value at an odd end is ignored. `fieldNumbers`, one
 * per line, spare it the lower case of names that are known.
 */
export function headersFromRaw(rawHeaders: readonly string[], fieldNumbers?: readonly number[]): Headers {
  const headers: Headers = Object.create(null);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const number = fieldNumbers === undefined ? 0 : fieldNumbers[index >> 1]!;
    const name = number === 0 ? rawHeaders[index]!.toLowerCase() : fieldNameOf(number);
    const value = rawHeaders[index + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
