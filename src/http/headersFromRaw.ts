import { fieldNameOf, fieldNumber, type KnownFieldName, knownFieldNames } from './fieldNames.ts';

/** Lower-case header name → value. Has no prototype, so `__proto__` or `constructor` from outside is a key like any other. */
export type Headers = Record<string, string | undefined>;

/**
 * Indexes `name, value, name, value ...` by lower-case name. Lines of one name are joined with `, ` (RFC 9110 section
 * 5.3), Cookie with `; ` (RFC 9113 section 8.2.3). A name without a value at an odd end is ignored. `fieldNumbers`, one
 * per line, spare it the lower case of names that are known.
 */
export function headersFromRaw(rawHeaders: readonly string[], fieldNumbers?: readonly number[]): Headers {
  const areUsual = fieldNumbers?.every((number) => isUsual[number] === 1) === true;
  const headers: Headers = areUsual ? (new UsualHeaders() as unknown as Headers) : Object.create(null);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const number = fieldNumbers === undefined ? 0 : fieldNumbers[index >> 1]!;
    const name = number === 0 ? rawHeaders[index]!.toLowerCase() : fieldNameOf(number);
    const value = rawHeaders[index + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}

/**
 * What the requests of browsers are made of. An object with these names and no others has one shape for the engine, and
 * looking in it costs a fraction of looking in a dictionary; names from outside would give it a new shape each.
 */
class UsualHeaders implements Partial<Record<KnownFieldName, string | undefined>> {
  host = undefined;
  connection = undefined;
  'content-length' = undefined;
  'content-type' = undefined;
  te = undefined;
  'user-agent' = undefined;
  accept = undefined;
  'accept-encoding' = undefined;
  'accept-language' = undefined;
  authorization = undefined;
  'cache-control' = undefined;
  cookie = undefined;
  dnt = undefined;
  'if-modified-since' = undefined;
  'if-none-match' = undefined;
  origin = undefined;
  pragma = undefined;
  priority = undefined;
  range = undefined;
  referer = undefined;
  'save-data' = undefined;
  'sec-ch-ua' = undefined;
  'sec-ch-ua-mobile' = undefined;
  'sec-ch-ua-platform' = undefined;
  'sec-fetch-dest' = undefined;
  'sec-fetch-mode' = undefined;
  'sec-fetch-site' = undefined;
  'sec-fetch-user' = undefined;
  'sec-gpc' = undefined;
  'sec-purpose' = undefined;
  'upgrade-insecure-requests' = undefined;
  'x-forwarded-for' = undefined;
  'x-forwarded-host' = undefined;
  'x-forwarded-proto' = undefined;
  'x-real-ip' = undefined;
  'x-requested-with' = undefined;
}

const { prototype } = UsualHeaders;
Reflect.deleteProperty(prototype, 'constructor');
Object.setPrototypeOf(prototype, null);

/** 1 for each number of a name that `UsualHeaders` has. */
const isUsual = new Uint8Array(knownFieldNames.length + 1);
for (const name of Object.keys(new UsualHeaders())) isUsual[fieldNumber(name as KnownFieldName)] = 1;
