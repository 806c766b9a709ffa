/*
 * Which octets a field may have in HTTP/2 (RFC 9113 section 8.2.1). Values as strictly as those of HTTP/1.1: besides NUL, CR
 * and LF no other control but the tab may stand in one (RFC 9110 section 5.5), because a field goes on to origins that
 * speak HTTP/1.1.
 */
const space = 0x20;
const tab = 0x09;
const colon = 0x3a;

/** 1 where an octet may be part of a field value. */
export const isValueOctet: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet === tab || (octet >= 0x20 && octet !== 0x7f) ? 1 : 0,
);

/** 1 where an octet may be part of a field name: those of tokens, but no upper case. */
const isNameOctet = Uint8Array.from({ length: 256 }, (_, octet) =>
  /[!#$%&'*+\-.^_`|~0-9a-z]/.test(String.fromCharCode(octet)) ? 1 : 0,
);

/** Whether a name stands there: a token in lower case, or one behind a colon. */
export function isFieldName(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === colon ? start + 1 : start;
  if (at >= end) return false;
  for (; at < end; at++) if (isNameOctet[bytes[at]!] === 0) return false;
  return true;
}

/** Whether all octets may stand in a value. */
export function areValueOctets(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isValueOctet[bytes[at]!] === 0) return false;
  return true;
}

/** Whether a value begins or ends with a space or a tab. */
export function hasBlankAtEdge(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && (isBlank(bytes[start]!) || isBlank(bytes[end - 1]!));
}

function isBlank(octet: number): boolean {
  return octet === space || octet === tab;
}
