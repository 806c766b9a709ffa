/**
 * Field names that mean something here, lower case. A name's number is its place in this list plus one; 0 stands for
 * every other name. The readers give the numbers, so that what looks for a field compares integers.
 */
export const knownFieldNames = [
  // What frames a message, names its site or concerns its connection.
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'expect',
  'upgrade',
  'via',
  'te',
  'trailer',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
  'date',
  // What proxies tell each other.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-prefix',
  'x-real-ip',
  'holdfast-bot-score',
  'holdfast-error',
  'traceparent',
  'tracestate',
  // What browsers and tools send.
  'user-agent',
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-type',
  'cookie',
  'dnt',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'pragma',
  'priority',
  'range',
  'referer',
  'save-data',
  'sec-ch-ua',
  'sec-ch-ua-arch',
  'sec-ch-ua-bitness',
  'sec-ch-ua-full-version',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-mobile',
  'sec-ch-ua-model',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-gpc',
  'sec-purpose',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'upgrade-insecure-requests',
  'x-requested-with',
  // What origins answer.
  'accept-ranges',
  'access-control-allow-origin',
  'age',
  'alt-svc',
  'cache-status',
  'content-disposition',
  'content-language',
  'content-location',
  'content-range',
  'content-security-policy',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'retry-after',
  'server',
  'server-timing',
  'set-cookie',
  'strict-transport-security',
  'vary',
  'www-authenticate',
  'x-content-type-options',
  'x-frame-options',
  'x-powered-by',
  'x-request-id',
] as const;
export type KnownFieldName = (typeof knownFieldNames)[number];

const numbers = new Map<string, number>(knownFieldNames.map((name, index) => [name, index + 1]));

/** The number of a known name. */
export function fieldNumber(lower: KnownFieldName): number {
  return numbers.get(lower)!;
}

/** The number of any name, whatever its case; 0 when it is not known. */
export function fieldNumberOf(name: string): number {
  return numbers.get(name) ?? numbers.get(name.toLowerCase()) ?? 0;
}

/** The lower-case name of a number from 1 on. */
export function fieldNameOf(number: number): KnownFieldName {
  return knownFieldNames[number - 1]!;
}

/** A name as it is sent, with its number: found by its octets, so that no string is made for it. */
export interface SentFieldName {
  readonly text: string;
  readonly number: number;
  readonly octets: Uint8Array;
  /** The octets by four, little-endian; a rest of fewer than four is left out. */
  readonly words: Int32Array;
}

const slots = 4_096;
const bySlot: (SentFieldName | undefined)[] = new Array(slots).fill(undefined);
for (const [index, lower] of knownFieldNames.entries()) {
  for (const text of spellingsOf(lower)) enter(sentFieldName(text, index + 1));
}

/**
 * The known name that stands in `bytes` from `start` to `end`, in a spelling that is common; undefined: look it up as text.
 * `view` is a view of the same octets.
 */
export function findSentFieldName(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): SentFieldName | undefined {
  for (let slot = slotOf(bytes, start, end); ; slot = (slot + 1) & (slots - 1)) {
    const name = bySlot[slot];
    if (name === undefined) return undefined;
    if (standsAt(name, bytes, view, start, end)) return name;
  }
}

function standsAt(name: SentFieldName, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  const { octets, words } = name;
  if (octets.length !== end - start) return false;
  for (let word = 0; word < words.length; word++)
    if (words[word] !== view.getInt32(start + word * 4, true)) return false;
  for (let at = words.length * 4; at < octets.length; at++) if (octets[at] !== bytes[start + at]) return false;
  return true;
}

function sentFieldName(text: string, number: number): SentFieldName {
  const octets = Buffer.from(text);
  const words = Int32Array.from({ length: octets.length >> 2 }, (_, word) => octets.readInt32LE(word * 4));
  return { text, number, octets, words };
}

function spellingsOf(lower: string): string[] {
  const title = lower.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
  const client = title.replace('Sec-Ch-Ua', 'Sec-CH-UA').replace('Dnt', 'DNT').replace('Sec-Gpc', 'Sec-GPC');
  const other = client.replace('Websocket', 'WebSocket').replace('Etag', 'ETag').replace(/^Te$/, 'TE');
  return [...new Set([lower, title, client, other])];
}

function enter(name: SentFieldName): void {
  let slot = slotOf(name.octets, 0, name.octets.length);
  while (bySlot[slot] !== undefined) slot = (slot + 1) & (slots - 1);
  bySlot[slot] = name;
}

/** From the length and four octets: enough to keep the known names apart, and no look at each octet. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const middle = bytes[start + (length >> 1)]! * 31 + bytes[end - 1]!;
  const edges = bytes[start]! * 7 + bytes[start + (length >> 2)]! * 131;
  return (length * 61 + middle * 17 + edges) & (slots - 1);
}
