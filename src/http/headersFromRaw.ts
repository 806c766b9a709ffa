/** Lower-case header name → value. Has no prototype, so `__proto__` or `constructor` from outside is a key like any other. */
export type Headers = Record<string, string | undefined>;

/**
 * Indexes `name, value, name, value ...` by lower-case name. Lines of one name are joined with `, ` (RFC 9110 section
 * 5.3), Cookie with `; ` (RFC 9113 section 8.2.3). A name without a value at an odd end is ignored.
 */
export function headersFromRaw(rawHeaders: readonly string[]): Headers {
  const headers: Headers = Object.create(null);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
