import { type FieldEntry, fieldEntry } from './fieldEntry.ts';
import { numberOf } from './pseudoFields.ts';

/** RFC 7541 Appendix A, from index 1 on: `name` or `name=value`. */
const fields = `:authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https
  :status=200 :status=204 :status=206 :status=304 :status=400 :status=404 :status=500
  accept-charset accept-encoding=gzip,+deflate accept-language accept-ranges accept access-control-allow-origin age allow
  authorization cache-control content-disposition content-encoding content-language content-length content-location
  content-range content-type cookie date etag expect expires from host if-match if-modified-since if-none-match
  if-range if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range
  referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary via
  www-authenticate`.split(/\s+/);

/** Index 0 is none: it holds what is never asked for. */
export const staticTable: readonly FieldEntry[] = ['', ...fields].map((field) => {
  const [name = '', value = ''] = field.replace('+', ' ').split('=').map(internalised);
  return fieldEntry(name, value, numberOf(name), false, false);
});
export const staticIndexMax = staticTable.length - 1;

/** The same text as the one object that V8 has for it, as literals in source are: comparing with those takes no look at octets. */
function internalised(text: string): string {
  return Object.keys({ [text]: true })[0]!;
}
