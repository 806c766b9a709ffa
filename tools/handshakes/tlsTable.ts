import type { KnownTls } from '../../src/bots/handshake/knownHandshake.ts';
import { type ClientHello, isGrease, ja4 } from '../../src/wire/index.ts';
import type { Observation } from './observation.ts';
import { versionRange } from './versionRange.ts';

const padding = 21;
const compressCertificate = 27;
const sessionTicket = 35;
const preSharedKey = 41;
const applicationSettings = [17513, 17613];
const encryptedClientHello = 65037;

/** A ClientHello without what comes and goes, and who was seen to say it. */
interface Base {
  readonly hello: ClientHello;
  readonly who: Set<string>;
  readonly isBrowser: boolean;
  readonly versions: number[];
}

/** What was seen, by its ends in versions, with the variations that one client makes by itself. */
export function tlsTable(observations: readonly Observation[]): KnownTls[] {
  const bases = new Map<string, Base>();
  for (const { who, isBrowser, version, hellos } of observations) {
    for (const said of hellos) {
      const hello = offersHttp2(said) || !isBrowser ? without(said, [padding, preSharedKey]) : undefined;
      // A browser's hello for a WebSocket is a variation of the one for pages; one that dropped its ticket as well is, too.
      if (hello === undefined || (who === 'gecko' && !hello.extensions.includes(sessionTicket))) continue;
      const key = keyOf(hello);
      const base = bases.get(key) ?? { hello, who: new Set(), isBrowser, versions: [] };
      bases.set(key, base);
      base.who.add(who);
      base.versions.push(version);
    }
  }
  const seen = new Set(bases.keys());
  return [...bases.values()].map((base) => {
    const who = [...base.who].sort().join(', ');
    const others = [...bases.values()]
      .filter((other) => other.isBrowser && other.who.has(who))
      .flatMap(({ versions }) => versions);
    const keys = new Set(variations(base, seen).map(keyOf));
    const [version = '', suites = ''] = keyOf(base.hello).split('_');
    return {
      who,
      ...(base.isBrowser ? versionRange(base.versions, others) : { from: 0, to: 9_999 }),
      version,
      suites,
      extensions: [...keys].map((key) => key.split('_')[2]!).sort(),
    };
  });
}

/** What every hello that was seen must be found under. */
export function keyOf(hello: ClientHello): string {
  const text = ja4(hello);
  return `${text.slice(1, 3)}${text.slice(10)}`;
}

function variations({ hello, who, isBrowser }: Base, seen: ReadonlySet<string>): ClientHello[] {
  let all = [hello];
  if (isBrowser) {
    // Encrypted ClientHello can be switched off, and WebSockets are opened with HTTP/1.1 alone.
    const open = without(hello, [encryptedClientHello]);
    const http1 = without(hello, [...applicationSettings, ...(who.has('gecko') ? [compressCertificate] : [])]);
    // What an older version was seen to say stands for that one.
    all = [hello, http1, ...(seen.has(keyOf(open)) ? [] : [open])];
  }
  // Firefox sends no session_ticket beside the ticket that it takes up.
  const resumed = all.flatMap((one) => [
    ...(hello.supportedVersions.includes(0x0304) ? [withExtension(one, preSharedKey)] : []),
    ...(who.has('gecko') ? [without(withExtension(one, preSharedKey), [sessionTicket])] : []),
  ]);
  all.push(...resumed);
  // BoringSSL, OpenSSL and Apple's pad hellos of some lengths.
  if (!who.has('gecko')) all.push(...all.map((one) => withExtension(one, padding)));
  return all;
}

function offersHttp2(hello: ClientHello): boolean {
  return hello.alpn.includes('h2');
}

function without(hello: ClientHello, types: readonly number[]): ClientHello {
  return { ...hello, extensions: hello.extensions.filter((type) => !types.includes(type) && !isGrease(type)) };
}

function withExtension(hello: ClientHello, type: number): ClientHello {
  return { ...hello, extensions: [...hello.extensions, type] };
}
