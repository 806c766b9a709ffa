import { knownHttp2, knownTls } from '../../bots/handshake/known.ts';
import type { Handshake } from '../../http/handshake.ts';
import type { Chance } from '../../kernel/chance.ts';
import type { BrowserProfile } from './browserProfile.ts';
import type { Session, SessionRequest } from './session.ts';

/** Whose software opens a connection: an engine with its version, or a tool by its family. */
export interface OpenedBy {
  readonly opener: string;
  readonly major: number;
}

/** How a made session's connections were opened, and with what version of HTTP. */
export interface Opening {
  readonly version: '1.1' | '2';
  readonly handshake: Handshake | null;
}

const plain: Opening = { version: '1.1', handshake: null };
/** Where TLS ends elsewhere; the proxy that ends it speaks HTTP/1.1 to us. */
const elsewhereShare = 0.3;
const http2Share = 0.75;
/** Companies' proxies and antivirus programs shake hands in a person's place. */
export const interceptedShare = 0.06;
/** Settings and coming versions have extensions that nobody recorded; Firefox's private windows, for one, have fewer. */
const unrecordedShare = 0.08;

/** A handshake that such a client is known to make (`src/bots/handshake`); nothing of it where TLS ends elsewhere. */
export function drawOpening(chance: Chance, { opener, major }: OpenedBy, scheme: Session['scheme']): Opening {
  if (scheme === 'http' || chance.happens(elsewhereShare)) return plain;
  const tls = ofVersion(knownTls, opener, major);
  if (tls.length === 0) return plain;
  const { version, suites, extensions } = chance.pick(tls);
  const http2 = ofVersion(knownHttp2, opener, major);
  const isHttp2 = http2.length > 0 && chance.happens(http2Share);
  const offered = isHttp2 ? 'h2' : alpnOf(chance, opener);
  const ja4 = `t${version}d${suiteCounts[suites] ?? 31}${extensionCount(chance, opener)}${offered}_${suites}_${chance.pick(extensions)}`;
  return {
    version: isHttp2 ? '2' : '1.1',
    handshake: { ja4, http2: isHttp2 ? chance.pick(http2).opening : null },
  };
}

/** How many cipher suites stand behind a hash of them (from the lab and the signatures). */
const suiteCounts: Readonly<Record<string, number>> = {
  ...{ '8daaf6152771': 15, '5b57614c22b0': 17, a09f3c656075: 20, '2802a3db6c62': 26, e8f1e7e78f70: 31 },
  ...{ a33745022dd6: 59, c7886603b240: 43, '9dc949149365': 19, '723694b0fccc': 29, '5e2a75874763': 11 },
};
const engines: Readonly<Record<string, readonly [min: number, max: number]>> = {
  chromium: [16, 18],
  gecko: [15, 17],
  webkit: [13, 14],
};

function extensionCount(chance: Chance, opener: string): string {
  const [min, max] = engines[opener] ?? [9, 13];
  return String(chance.whole(min, max)).padStart(2, '0');
}

/** Browsers always offer HTTP/2; of tools some offer it, some HTTP/1.1 and most nothing. */
function alpnOf(chance: Chance, opener: string): string {
  if (engines[opener] !== undefined) return 'h2';
  if (opener === 'curl' || opener === 'go' || opener === 'java') return chance.happens(0.7) ? 'h2' : '00';
  return chance.pick(['00', '00', 'h1']);
}

/** A person's: now and then somebody in between opens the connection. */
export function drawPersonsOpening(
  chance: Chance,
  { engine, major }: Pick<BrowserProfile, 'engine' | 'major'>,
  scheme: Session['scheme'],
): Opening {
  if (!chance.happens(interceptedShare)) {
    const opening = drawOpening(chance, { opener: engine, major }, scheme);
    return chance.happens(unrecordedShare) ? withOtherExtensions(chance, opening) : opening;
  }
  const handshake = drawIntercepted(chance, scheme);
  return { version: '1.1', handshake: handshake && { ...handshake, http2: null } };
}

/** How what stands in between opens a connection. */
export function drawIntercepted(chance: Chance, scheme: Session['scheme']): Handshake | null {
  return drawOpening(chance, { opener: chance.pick(['openssl', 'go', 'java']), major: 0 }, scheme).handshake;
}

function withOtherExtensions(chance: Chance, opening: Opening): Opening {
  const { handshake } = opening;
  if (handshake === null || handshake.ja4 === null) return opening;
  const extensions = Math.floor(chance.next() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
  return { ...opening, handshake: { ...handshake, ja4: `${handshake.ja4.slice(0, -12)}${extensions}` } };
}

/** Rows for that version; for one newer or older than all that are known, the nearest. */
function ofVersion<Known extends { readonly who: string; readonly from: number; readonly to: number }>(
  table: readonly Known[],
  opener: string,
  major: number,
): readonly Known[] {
  const own = table.filter(({ who }) => who.split(', ').includes(opener));
  const distance = ({ from, to }: Known) => Math.max(0, from - major, major - to);
  const nearest = Math.min(...own.map(distance));
  return own.filter((one) => distance(one) === nearest);
}

const toolOpeners: readonly (readonly [family: RegExp, opener: string])[] = [
  [/^curl|^php/, 'curl'],
  [/^wget/, 'wget'],
  [/^python|^scrapy/, 'python'],
  [/^node/, 'node'],
  [/^go$|^load tool|^scanner/, 'go'],
  [/^java/, 'java'],
  [/^ruby/, 'ruby'],
  [/^perl/, 'perl'],
  [/^raw socket/, 'openssl'],
];

/** undefined: how these open connections is not known. */
export function openerOfTool(family: string): string | undefined {
  return toolOpeners.find(([pattern]) => pattern.test(family))?.[1];
}

/** A browser's requests as it sends them over that connection. */
export function overConnection(
  requests: readonly SessionRequest[],
  { version, handshake }: Opening,
  profile: Pick<BrowserProfile, 'engine' | 'major'>,
): SessionRequest[] {
  if (version === '1.1') return requests.map((request) => ({ ...request, handshake }));
  return requests.map((request) => ({
    ...request,
    handshake,
    version,
    rawHeaders: overHttp2(request.rawHeaders, profile),
  }));
}

/** Names in lower case, without those of HTTP/1.1, and with those that only HTTP/2 has (as recorded in the lab). */
export function overHttp2(
  rawHeaders: readonly string[],
  { engine, major }: Pick<BrowserProfile, 'engine' | 'major'>,
): string[] {
  const lines: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name !== 'host' && name !== 'connection') lines.push([name, rawHeaders[index + 1]!]);
  }
  const has = (name: string) => lines.some(([one]) => one === name);
  if (engine === 'chromium' && major >= 124 && has('sec-fetch-dest')) lines.push(['priority', chromiumPriority(lines)]);
  if (engine === 'gecko') lines.push(['te', 'trailers']);
  return lines.flat();
}

function chromiumPriority(lines: readonly (readonly [string, string])[]): string {
  const destination = lines.find(([name]) => name === 'sec-fetch-dest')?.[1];
  if (destination === 'document' || destination === 'iframe') return 'u=0, i';
  if (destination === 'style') return 'u=0';
  return destination === 'image' ? 'u=1, i' : destination === 'script' ? 'u=1' : 'u=1, i';
}
