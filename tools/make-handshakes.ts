/*
 * Looks at how real clients open connections and writes what is known of it to src/bots/handshake/known.ts:
 *   node tools/node.js tools/make-handshakes.ts FOLDER
 * FOLDER has the signatures of curl-impersonate (MIT), of which only hashes and settings are taken over. Everything else
 * comes from the browsers and tools of this machine (tools/install-test-tools.sh), through an edge of their own. A browser
 * that is not there, or is newer, leaves its trace in what is written: look at the difference before keeping it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { orderedNames } from '../src/bots/facts/headerName.ts';
import type { KnownHttp2, KnownOrder } from '../src/bots/handshake/knownHandshake.ts';
import type { Session } from '../src/training/traffic/session.ts';
import type { Observation } from './handshakes/observation.ts';
import { observeHere } from './handshakes/observeHere.ts';
import { publishedHttp2 } from './handshakes/publishedHttp2.ts';
import { readSignatures } from './handshakes/signatureFiles.ts';
import { tlsTable } from './handshakes/tlsTable.ts';
import { versionRange } from './handshakes/versionRange.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('give the folder of the signatures');
const signatures = readSignatures(folder);
const here = await observeHere((line) => process.stdout.write(`${line}\n`));
const recorded = recordedHeads();
const ordered = new RegExp(`^(?:${orderedNames.join('|')})$`, 'i');
const observations = [...signatures, ...here];

const newest = here.filter(({ isBrowser }) => isBrowser).map(({ source }) => source);
const tools = here.filter(({ isBrowser, hellos }) => !isBrowser && hellos.length > 0).length;
const text = `import type { KnownHttp2, KnownOrder, KnownTls } from './knownHandshake.ts';

/*
 * Made by tools/make-handshakes.ts; do not edit. From ${signatures.length} signatures of browsers (lexiforest/curl-impersonate, MIT), and
 * from ${newest.join(', ')} and ${tools} tools and libraries as they opened connections to an edge.
 */

/** Major versions of the newest browsers that were looked at: how newer ones open connections is not known. */
export const newestSeen = { chromium: ${newestOf('chromium')}, gecko: ${newestOf('gecko')}, webkit: ${newestOf('webkit')} } as const;

export const knownTls: readonly KnownTls[] = ${JSON.stringify(tlsTable(observations))};

export const knownHttp2: readonly KnownHttp2[] = ${JSON.stringify(http2Table(observations))};

export const knownOrders: readonly KnownOrder[] = ${JSON.stringify(orderTable([...observations, ...recorded]))};
`;
writeFileSync(new URL('../src/bots/handshake/known.ts', import.meta.url), text);
// A client that hangs must not keep this process.
process.exit(0);

function newestOf(engine: string): number {
  return Math.max(...observations.filter(({ who }) => who === engine).map(({ version }) => version));
}

function http2Table(all: readonly Observation[]): KnownHttp2[] {
  const table = new Map<string, { who: Set<string>; isBrowser: boolean; versions: number[] }>();
  for (const { who, isBrowser, version, http2 } of all) {
    for (const opening of http2) {
      const known = table.get(opening) ?? { who: new Set(), isBrowser, versions: [] };
      table.set(opening, known);
      known.who.add(who);
      known.versions.push(version);
    }
  }
  const rows = [...table].map(([opening, { who, isBrowser, versions }]) => {
    const name = [...who].sort().join(', ');
    const others = all.filter((one) => one.who === name && one.http2.length > 0).map(({ version }) => version);
    const published = publishedHttp2.filter((one) => one.who === name).map(({ to }) => to);
    const range = isBrowser ? versionRange(versions, [...others, ...published]) : { from: 0, to: 9_999 };
    return { who: name, ...range, opening };
  });
  return [...publishedHttp2, ...rows];
}

/** Of browsers alone; a WebSocket's has neither Accept nor, in Chromium, fetch metadata, and is not compared. */
function orderTable(all: readonly Observation[]): KnownOrder[] {
  const orders = new Map<string, KnownOrder>();
  for (const { who, heads } of all.filter(({ isBrowser }) => isBrowser)) {
    for (const { version, rawHeaders } of heads) {
      if (version === '1.0' || rawHeaders.some((name, index) => index % 2 === 0 && /^upgrade$/i.test(name))) continue;
      const names = rawHeaders.filter((name, index) => index % 2 === 0 && ordered.test(name)).join(' ');
      orders.set(`${who} ${version} ${names}`, { who, version, names });
    }
  }
  return [...orders.values()];
}

/** People's browsers of the training corpus: over plain http, without fetch metadata. */
function recordedHeads(): Observation[] {
  const lines = readFileSync(new URL('../src/training/corpus/recorded.jsonl', import.meta.url), 'utf8');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Session)
    .filter(({ label }) => label === 'human')
    .map(({ family, requests, scheme }) => ({
      who: family === 'firefox' ? 'gecko' : 'chromium',
      isBrowser: true,
      version: 0,
      source: `recorded ${family}`,
      hellos: [],
      http2: [],
      heads: requests.map(({ version, rawHeaders }) => ({ version, rawHeaders, scheme })),
    }));
}
