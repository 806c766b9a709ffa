import { err, ok, type Result } from '../../kernel/result.ts';

/** A DNS name (underscores occur in container networks), an IPv4 address, or a bracketed IPv6 address; lower case. */
export const hostSource = '(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\\[[0-9a-f:.]{2,45}\\])';
const hostPattern = new RegExp(`^${hostSource}$`);
export const hostCharsMax = 253;

/** A host as a site names it; without `*`, which is no host. */
export function isHost(text: string): boolean {
  return text.length <= hostCharsMax && hostPattern.test(text);
}

/** A host of a site: a name, an address or `*`; given back in lower case. The error says what to change. */
export function parseHost(text: string): Result<string, string> {
  const host = text.toLowerCase();
  if (host === '*' || isHost(host)) return ok(host);
  if (host.includes('://')) return err('a host has no scheme; write the name alone');
  if (/^[^:]+:\d+$/.test(host)) return err('a host has no port; a site answers on every port the edge listens on');
  if (host.includes('/')) return err('a host has no path; rules look at request.path');
  if (host.includes('*')) return err('* stands alone and catches every host that no site names');
  if (/[^\u0000-\u007f]/.test(host)) return err('write the name as it is sent, in its xn-- form');
  if (/^[0-9a-f:.]*:[0-9a-f:.]*$/.test(host)) return err(`an IPv6 address stands in brackets: "[${host}]"`);
  return err('this is no host name');
}
