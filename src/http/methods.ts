/**
 * The methods that are taken. The list is llhttp's (Node's `http.METHODS`), so that no request passes here that a Node
 * origin would refuse; a test keeps the two alike.
 */
export const methods: readonly string[] = [
  'ACL',
  'BIND',
  'CHECKOUT',
  'CONNECT',
  'COPY',
  'DELETE',
  'GET',
  'HEAD',
  'LINK',
  'LOCK',
  'M-SEARCH',
  'MERGE',
  'MKACTIVITY',
  'MKCALENDAR',
  'MKCOL',
  'MOVE',
  'NOTIFY',
  'OPTIONS',
  'PATCH',
  'POST',
  'PROPFIND',
  'PROPPATCH',
  'PURGE',
  'PUT',
  'QUERY',
  'REBIND',
  'REPORT',
  'SEARCH',
  'SOURCE',
  'SUBSCRIBE',
  'TRACE',
  'UNBIND',
  'UNLINK',
  'UNLOCK',
  'UNSUBSCRIBE',
];

const known = new Map(methods.map((method) => [method, method]));

/** The method as a shared string; undefined: none that is taken. Methods are case-sensitive (RFC 9110 section 9.1). */
export function knownMethod(text: string): string | undefined {
  return known.get(text);
}
