/** Octets that HTTP/1.1 is made of, and which of them may stand where. */
export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const colon = 0x3a;
export const semicolon = 0x3b;
export const zero = 0x30;

/** 1 where an octet may be part of a token: methods and field names (RFC 9110 section 5.6.2). */
export const isTokenOctet = table((octet) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(octet)));

/** 1 where an octet may be part of a field value: no control but the tab; above 0x7f it is opaque (RFC 9110 section 5.5). */
export const isValueOctet = table((octet) => octet === tab || (octet >= 0x20 && octet !== 0x7f));

/**
 * Whether each of four octets may be part of a field value, and is no tab: with its highest bit left out, none is carried into its
 * neighbour. 0xff is denied, too, which has that bit; ask for it alone then.
 */
export function areValueOctets(word: number): boolean {
  const low = word & 0x7f7f7f7f;
  const isFromSpaceOn = ((low + 0x60606060) | word) & -0x7f7f7f80;
  const isDelete = (low + 0x01010101) & -0x7f7f7f80;
  return isFromSpaceOn === -0x7f7f7f80 && isDelete === 0;
}

/**
 * 1 where an octet may be part of a request target. Wider than RFC 3986: browsers send `|` and `"`, and every server in
 * use takes them. Octets above 0x7f they do not: llhttp refuses them. A fragment (`#`) never travels (RFC 9112 section 3.2).
 */
export const isTargetOctet = table((octet) => octet > 0x20 && octet < 0x7f && octet !== 0x23);

/** The value of a hexadecimal digit, else 255. */
export const hexValue = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(octet).toLowerCase());
  return digit === -1 ? 255 : digit;
});

function table(has: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (has(octet) ? 1 : 0));
}
