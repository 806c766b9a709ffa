import { siteLimits } from './limits.ts';

/** Fields that frame a message, name its site, concern one connection or are the edge's own word. */
const notEditable = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'via',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
]);

/** Why a field of this name cannot be edited; undefined: it can. */
export function headerNameFault(name: string): string | undefined {
  if (name.length > siteLimits.headerNameCharsMax)
    return `a header name has at most ${siteLimits.headerNameCharsMax} characters`;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return 'this is no header name';
  // Many applications read `content_length` as the same variable as `Content-Length`.
  const plain = name.toLowerCase().replaceAll('_', '-');
  if (plain.startsWith('holdfast-')) return `${name} is the edge's own word`;
  return notEditable.has(plain) ? `${name} belongs to the connection or the message and cannot be edited` : undefined;
}

/** Visible ASCII, blanks only inside (RFC 9110 section 5.5); what lies beyond is read differently everywhere. */
export function headerValueFault(value: string): string | undefined {
  const { headerValueCharsMax } = siteLimits;
  if (value.length > headerValueCharsMax) return `a header value has at most ${headerValueCharsMax} characters`;
  const isGood = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/.test(value);
  return isGood ? undefined : 'a header value has visible ASCII characters, and blanks only inside';
}
