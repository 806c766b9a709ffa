import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import { type SignalTable, signalFigures } from '../contract/kinds/signalsFile.ts';
import { type RequestHead, requestHead } from '../http/index.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { checkedParameters } from './checkFeatureDefinition.ts';
import { ClientWindow } from './clients/clientWindow.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { extractors } from './extractors/registry.ts';
import { compileFeatures } from './featureSet.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { compileSignals, noSignals } from './request/signals.ts';
import { definition, shippedFeatures } from './testing/features.ts';
import { chromePlainRequests, chromeRequests, firefoxRequests, headOf, toolRequests } from './testing/heads.ts';

/*
 * What a feature set copies, leaves out and remembers is, bit for bit, what asking each extractor gives.
 */
const texts = [chromeRequests, chromePlainRequests, firefoxRequests, toolRequests(null)].flatMap((requests) =>
  Object.values(requests),
);
const ja4s = ['t13d1516h2_8daaf6152771_e5627efa2ab1', 't13i3111h1_e8f1e7e78f70_b26ce05bbdd6', 'none'];
const targets = ['/', '/a/b.png?x=1', '/.ENV', '/item/41', '/item/42', '/robots.txt', '/%2e%2e/é'];

function table(...keys: string[]): SignalTable {
  const lists = signalFigures.map((figure, place) => [figure, keys.map((_, row) => (place + 1) / 10 + row)]);
  return { keys, ...Object.fromEntries(lists) };
}

const signalsFile = {
  ...({ schema: 1, windowEndMs: 1 } as const),
  ...{ ja4: table(ja4s[0]!), headerOrder: table(), network: table('192.0.2.0/24'), asn: table() },
};

/** Every extractor there is, with parameters of its own kind and bounds that bite now and then. */
function everything(): FeatureFile {
  const value = { 'header-name': 'Cookie', 'header-names': ['via', 'X-Own'], text: 'x', texts: ['/.env'] };
  const features = [...extractors.values()].map((extractor, index) => {
    const needed = Object.entries(extractor.parameters).filter(([, { fallback }]) => fallback === undefined);
    const parameters = needed.map(([name, { kind }]) => [name, kind === 'number' ? 140 : value[kind as 'text']]);
    const bounds = index % 3 === 0 ? { range: [0.5, 3] as [number, number], default: 0.1 } : {};
    return definition(extractor.name, { parameters: Object.fromEntries(parameters), ...bounds });
  });
  return { schema: 1, features };
}

function anyHead(random: Random): RequestHead {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)]!;
  const known = headOf(pick(texts));
  const rawHeaders = [...known.rawHeaders];
  for (const name of ['Cookie', 'x-own', 'Sec-GPC', 'Range', '__proto__']) {
    if (random.next() < 0.2) rawHeaders.push(name, 'x');
  }
  const ja4 = random.next() < 0.7 ? pick(ja4s) : null;
  const http2 = random.next() < 0.5 ? '1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p' : null;
  return requestHead({
    method: pick(['GET', 'GET', 'POST', 'HEAD']),
    target: pick(targets),
    version: pick(['1.1', '2', '1.0']),
    rawHeaders,
    scheme: pick(['http', 'https']),
    clientAddress: `192.0.2.${Math.floor(random.next() * 4)}`,
    handshake: random.next() < 0.5 ? null : { ja4, http2 },
  });
}

for (const [name, file] of [
  ['the shipped file', shippedFeatures()],
  ['every extractor', everything()],
] as const) {
  test(`${name}: the vector is what each extractor gives, clamped`, () => {
    const random = seededRandom(7);
    const sets = [compileFeatures(file), compileFeatures(file)];
    const extracts = file.features.map(({ extractor, parameters }) => {
      const named = extractors.get(extractor)!;
      return named.compile(checkedParameters(named, parameters));
    });
    const windows = new ClientWindows({ clientsMax: 8 });
    const signals = compileSignals(signalsFile);
    const expected = new Float32Array(file.features.length);
    let nowMs = 0;
    for (let index = 0; index < 4_000; index += 1) {
      nowMs += random.next() * (index % 50 === 0 ? 90_000 : 900);
      const head = anyHead(random);
      const facts = new RequestFacts(head, index % 2 === 0 ? signals : noSignals);
      const live = windows.observeForNow(head, nowMs, facts.destination);
      const window = new ClientWindow(live.figures.slice());
      for (const [place, { range, default: fallback }] of file.features.entries()) {
        const value = extracts[place]!(facts, window);
        expected[place] = Number.isNaN(value)
          ? (fallback ?? Number.NaN)
          : Math.min(range[1], Math.max(range[0], value));
      }
      // Two sets in turn: what one remembers of a user agent is not the other's.
      for (const features of sets) {
        const vector = features.makeVector().fill(-7);
        features.fillFromFacts(facts, live, vector);
        assert.deepEqual(new Uint32Array(vector.slice().buffer), new Uint32Array(expected.slice().buffer));
      }
      if (random.next() < 0.7) windows.recordAnswer(head, { status: random.next() < 0.3 ? 404 : 200 }, nowMs + 10);
    }
  });
}

test('vectors are the caller’s own, however they are allocated', () => {
  const features = compileFeatures(shippedFeatures());
  const vectors = Array.from({ length: 50 }, (_, index) => features.makeVector().fill(index));
  for (const [index, vector] of vectors.entries()) {
    assert.equal(vector.length, features.size);
    assert.ok(vector.every((value) => value === index));
  }
  assert.equal(compileFeatures({ schema: 1, features: [] }).makeVector().length, 0);
  // What is given back serves again, and only that.
  const [first, ...others] = vectors;
  features.giveBack(first!);
  assert.equal(features.makeVector(), first);
  assert.ok(!others.includes(features.makeVector()));
  assert.throws(() => features.giveBack(new Float32Array(1)), /goes back to the set that made it/);
});
