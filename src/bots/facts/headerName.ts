import { knownFieldNames } from '../../http/index.ts';
import { BoundedMemo } from '../../kernel/boundedMemo.ts';

/** What a header name, as sent, says. */
export interface HeaderNameFacts {
  readonly lower: string;
  readonly isLowerCase: boolean;
  /** Differs from how every browser writes it over HTTP/1.1; only names that scripts in pages cannot set. */
  readonly isForeignCase: boolean;
  readonly isSentByBrowsers: boolean;
  readonly isClientHint: boolean;
  readonly isFetchMetadata: boolean;
  /** Place in the order that the browser family keeps in all of its request kinds; 0: none. Equal places may swap. */
  readonly chromiumRank: number;
  readonly geckoRank: number;
  /** Of the name as sent, where its place tells clients apart (`headerOrder.ts`); 0: it does not. */
  readonly orderCode: number;
}

/**
 * Chromium, seen on the wire from version 98 to 156: navigations put `sec-ch-ua*` before User-Agent, subresources
 * around it; Origin, Content-Type and DNT move; the rest never does.
 */
const chromiumOrder = [
  'host',
  'connection',
  'content-length',
  'pragma cache-control',
  'sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform upgrade-insecure-requests user-agent',
  'accept',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-user',
  'sec-fetch-dest',
  'referer',
  'accept-encoding',
  'accept-language',
  'cookie if-none-match if-modified-since priority',
];

const geckoOrder = [
  'host',
  'user-agent',
  'accept',
  'accept-language',
  'accept-encoding',
  'content-type content-length origin dnt sec-gpc connection referer cookie',
  'upgrade-insecure-requests',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'if-modified-since if-none-match priority pragma cache-control te',
];

const chromiumRanks = ranksOf(chromiumOrder);
/** Behind a redirect the client hints stand right behind this one (seen in version 156). */
export const chromiumDestinationRank = chromiumRanks.get('sec-fetch-dest')!;
const geckoRanks = ranksOf(geckoOrder);

const browserNames = new Set(
  [...chromiumRanks.keys(), ...geckoRanks.keys()].concat(
    'range if-range authorization access-control-request-method access-control-request-headers access-control-request-private-network alt-used purpose sec-purpose x-purpose x-requested-with save-data device-memory dpr viewport-width width downlink ect rtt last-event-id service-worker service-worker-navigation-preload content-encoding transfer-encoding sec-websocket-key sec-websocket-version sec-websocket-extensions sec-websocket-protocol upgrade if-match if-unmodified-since available-dictionary dictionary-id x-client-data sec-fetch-storage-access attribution-reporting-eligible content-security-policy early-data keep-alive'.split(
      ' ',
    ),
  ),
);

/** As written by every browser over HTTP/1.1, where it is not Title-Case throughout. */
const specialCase = new Map([
  ['dnt', 'DNT'],
  ['te', 'TE'],
  ['sec-gpc', 'Sec-GPC'],
]);
const casedByBrowsers = new Set(
  'host connection user-agent accept-encoding accept-language cookie referer origin content-length upgrade-insecure-requests sec-fetch-site sec-fetch-mode sec-fetch-user sec-fetch-dest dnt te sec-gpc'.split(
    ' ',
  ),
);

/** What nearly every request of one client has, whatever it asks for: the fields of `headerOrder.ts`. */
export const orderedNames: readonly string[] =
  'host connection user-agent accept accept-language accept-encoding sec-fetch-site sec-fetch-mode sec-fetch-dest te'.split(
    ' ',
  );

const memo = new BoundedMemo(describe);

/** `number`: its field number, if the caller has it; what the codec read comes with the same text each time. */
export function headerNameFacts(name: string, number = 0): HeaderNameFacts {
  if (number === 0) return memo.get(name);
  const last = lastOfNumber[number]!;
  if (last.name === name) return last.facts;
  const facts = memo.get(name);
  lastOfNumber[number] = { name, facts };
  return facts;
}

/** By field number, the spelling that came last. */
const lastOfNumber: { readonly name: string; readonly facts: HeaderNameFacts }[] = ['', ...knownFieldNames].map(
  (name) => ({
    name,
    facts: describe(name),
  }),
);

function describe(name: string): HeaderNameFacts {
  const lower = name.toLowerCase();
  const isClientHint = lower.startsWith('sec-ch-');
  return {
    lower,
    isLowerCase: name === lower,
    isForeignCase: casedByBrowsers.has(lower) && name !== browserCase(lower),
    isSentByBrowsers: isClientHint || browserNames.has(lower),
    isClientHint,
    isFetchMetadata: lower.startsWith('sec-fetch-'),
    chromiumRank: chromiumRanks.get(lower) ?? 0,
    geckoRank: geckoRanks.get(lower) ?? 0,
    orderCode: orderedNames.includes(lower) ? nameCode(name) : 0,
  };
}

/** Only for names that browsers send: of any other, a long one with many hyphens costs a visitor nothing and us much. */
function browserCase(lower: string): string {
  return specialCase.get(lower) ?? lower.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** FNV-1a; never 0. Of at most 15 characters. */
function nameCode(name: string): number {
  let code = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) code = Math.imul(code ^ name.charCodeAt(index), 0x01000193);
  return code === 0 ? 1 : code >>> 0;
}

function ranksOf(order: readonly string[]): Map<string, number> {
  return new Map(order.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)));
}
