import { fieldNameOf, type KnownFieldName, knownFieldNames } from './fieldNames.ts';

/** Lower-case header name → value. Has no prototype, so `__proto__` or `constructor` from outside is a key like any other. */
export type Headers = Record<string, string | undefined>;

/**
 * Indexes `name, value, name, value ...` by lower-case name. Lines of one name are joined with `, ` (RFC 9110 section
 * 5.3), Cookie with `; ` (RFC 9113 section 8.2.3). A name without a value at an odd end is ignored. `fieldNumbers`, one
 * per line, spare it the lower case of names that are known.
 */
export function headersFromRaw(rawHeaders: readonly string[], fieldNumbers?: readonly number[]): Headers {
  if (fieldNumbers !== undefined && areUsual(fieldNumbers)) return usualHeaders(rawHeaders, fieldNumbers);
  const headers: Headers = Object.create(null);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const number = fieldNumbers === undefined ? 0 : fieldNumbers[index >> 1]!;
    const name = number === 0 ? rawHeaders[index]!.toLowerCase() : fieldNameOf(number);
    const value = rawHeaders[index + 1]!;
    headers[name] = joined(headers[name], value, name === 'cookie' ? '; ' : ', ');
  }
  return headers;
}

function joined(before: string | undefined, value: string, separator = ', '): string {
  return before === undefined ? value : before + separator + value;
}

function areUsual(fieldNumbers: readonly number[]): boolean {
  for (const number of fieldNumbers) if (putByNumber[number] === undefined) return false;
  return true;
}

function usualHeaders(rawHeaders: readonly string[], fieldNumbers: readonly number[]): Headers {
  const headers = new UsualHeaders();
  const lines = rawHeaders.length >> 1;
  for (let line = 0; line < lines; line += 1) putByNumber[fieldNumbers[line]!]!(headers, rawHeaders[line * 2 + 1]!);
  return headers as unknown as Headers;
}

/**
 * What the requests of browsers are made of. An object with these names and no others has one shape for the engine, and
 * looking in it costs a fraction of looking in a dictionary; names from outside would give it a new shape each.
 */
class UsualHeaders implements Partial<Record<KnownFieldName, string | undefined>> {
  host: string | undefined = undefined;
  connection: string | undefined = undefined;
  'content-length': string | undefined = undefined;
  'content-type': string | undefined = undefined;
  te: string | undefined = undefined;
  'user-agent': string | undefined = undefined;
  accept: string | undefined = undefined;
  'accept-encoding': string | undefined = undefined;
  'accept-language': string | undefined = undefined;
  authorization: string | undefined = undefined;
  'cache-control': string | undefined = undefined;
  cookie: string | undefined = undefined;
  dnt: string | undefined = undefined;
  'if-modified-since': string | undefined = undefined;
  'if-none-match': string | undefined = undefined;
  origin: string | undefined = undefined;
  pragma: string | undefined = undefined;
  priority: string | undefined = undefined;
  range: string | undefined = undefined;
  referer: string | undefined = undefined;
  'save-data': string | undefined = undefined;
  'sec-ch-ua': string | undefined = undefined;
  'sec-ch-ua-mobile': string | undefined = undefined;
  'sec-ch-ua-platform': string | undefined = undefined;
  'sec-fetch-dest': string | undefined = undefined;
  'sec-fetch-mode': string | undefined = undefined;
  'sec-fetch-site': string | undefined = undefined;
  'sec-fetch-user': string | undefined = undefined;
  'sec-gpc': string | undefined = undefined;
  'sec-purpose': string | undefined = undefined;
  'upgrade-insecure-requests': string | undefined = undefined;
  'x-forwarded-for': string | undefined = undefined;
  'x-forwarded-host': string | undefined = undefined;
  'x-forwarded-proto': string | undefined = undefined;
  'x-real-ip': string | undefined = undefined;
  'x-requested-with': string | undefined = undefined;
}

const { prototype } = UsualHeaders;
Reflect.deleteProperty(prototype, 'constructor');
Object.setPrototypeOf(prototype, null);

/** What writes each of them: a write that names its field is a store, one under a changing name a search. */
const put: { readonly [Name in keyof UsualHeaders]: (headers: UsualHeaders, value: string) => void } = {
  host(headers, value) {
    headers.host = joined(headers.host, value);
  },
  connection(headers, value) {
    headers.connection = joined(headers.connection, value);
  },
  'content-length'(headers, value) {
    headers['content-length'] = joined(headers['content-length'], value);
  },
  'content-type'(headers, value) {
    headers['content-type'] = joined(headers['content-type'], value);
  },
  te(headers, value) {
    headers.te = joined(headers.te, value);
  },
  'user-agent'(headers, value) {
    headers['user-agent'] = joined(headers['user-agent'], value);
  },
  accept(headers, value) {
    headers.accept = joined(headers.accept, value);
  },
  'accept-encoding'(headers, value) {
    headers['accept-encoding'] = joined(headers['accept-encoding'], value);
  },
  'accept-language'(headers, value) {
    headers['accept-language'] = joined(headers['accept-language'], value);
  },
  authorization(headers, value) {
    headers.authorization = joined(headers.authorization, value);
  },
  'cache-control'(headers, value) {
    headers['cache-control'] = joined(headers['cache-control'], value);
  },
  cookie(headers, value) {
    headers.cookie = joined(headers.cookie, value, '; ');
  },
  dnt(headers, value) {
    headers.dnt = joined(headers.dnt, value);
  },
  'if-modified-since'(headers, value) {
    headers['if-modified-since'] = joined(headers['if-modified-since'], value);
  },
  'if-none-match'(headers, value) {
    headers['if-none-match'] = joined(headers['if-none-match'], value);
  },
  origin(headers, value) {
    headers.origin = joined(headers.origin, value);
  },
  pragma(headers, value) {
    headers.pragma = joined(headers.pragma, value);
  },
  priority(headers, value) {
    headers.priority = joined(headers.priority, value);
  },
  range(headers, value) {
    headers.range = joined(headers.range, value);
  },
  referer(headers, value) {
    headers.referer = joined(headers.referer, value);
  },
  'save-data'(headers, value) {
    headers['save-data'] = joined(headers['save-data'], value);
  },
  'sec-ch-ua'(headers, value) {
    headers['sec-ch-ua'] = joined(headers['sec-ch-ua'], value);
  },
  'sec-ch-ua-mobile'(headers, value) {
    headers['sec-ch-ua-mobile'] = joined(headers['sec-ch-ua-mobile'], value);
  },
  'sec-ch-ua-platform'(headers, value) {
    headers['sec-ch-ua-platform'] = joined(headers['sec-ch-ua-platform'], value);
  },
  'sec-fetch-dest'(headers, value) {
    headers['sec-fetch-dest'] = joined(headers['sec-fetch-dest'], value);
  },
  'sec-fetch-mode'(headers, value) {
    headers['sec-fetch-mode'] = joined(headers['sec-fetch-mode'], value);
  },
  'sec-fetch-site'(headers, value) {
    headers['sec-fetch-site'] = joined(headers['sec-fetch-site'], value);
  },
  'sec-fetch-user'(headers, value) {
    headers['sec-fetch-user'] = joined(headers['sec-fetch-user'], value);
  },
  'sec-gpc'(headers, value) {
    headers['sec-gpc'] = joined(headers['sec-gpc'], value);
  },
  'sec-purpose'(headers, value) {
    headers['sec-purpose'] = joined(headers['sec-purpose'], value);
  },
  'upgrade-insecure-requests'(headers, value) {
    headers['upgrade-insecure-requests'] = joined(headers['upgrade-insecure-requests'], value);
  },
  'x-forwarded-for'(headers, value) {
    headers['x-forwarded-for'] = joined(headers['x-forwarded-for'], value);
  },
  'x-forwarded-host'(headers, value) {
    headers['x-forwarded-host'] = joined(headers['x-forwarded-host'], value);
  },
  'x-forwarded-proto'(headers, value) {
    headers['x-forwarded-proto'] = joined(headers['x-forwarded-proto'], value);
  },
  'x-real-ip'(headers, value) {
    headers['x-real-ip'] = joined(headers['x-real-ip'], value);
  },
  'x-requested-with'(headers, value) {
    headers['x-requested-with'] = joined(headers['x-requested-with'], value);
  },
};

/** By field number; undefined for any name that `UsualHeaders` lacks. */
const putByNumber: readonly ((headers: UsualHeaders, value: string) => void)[] = [
  undefined!,
  ...knownFieldNames.map((name) => put[name as keyof UsualHeaders]),
];
