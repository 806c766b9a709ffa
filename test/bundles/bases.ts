import type { BundleKind } from '../../src/contract/bundleKind.ts';
import type { FeatureDefinition, FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ListsFile } from '../../src/contract/kinds/listsFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { type SignalsFile, type SignalTable, signalFigures } from '../../src/contract/kinds/signalsFile.ts';
import type { Random } from '../../src/kernel/random.ts';
import { encodeLists } from '../../src/lists/index.ts';
import { goodPem } from './certificates.ts';
import { knownExpressions } from './expressions.ts';

/*
 * Good payloads to start from, as plain values that the mutators change in place. They use the extractors and expressions
 * that the oracle knows by heart.
 */

// biome-ignore lint/suspicious/noExplicitAny: a payload on its way to being broken has no type.
export type Loose = any;

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.next() * items.length)]!;
}

export function whole(random: Random, min: number, max: number): number {
  return min + Math.floor(random.next() * (max - min + 1));
}

const parametersOf = [
  ['header-count', {}],
  ['path-depth', {}],
  ['header-present', { header: 'accept' }],
  ['any-header-present', { headers: ['via', 'forwarded'] }],
] as const;

function feature(index: number): FeatureDefinition {
  const [extractor, parameters] = parametersOf[index % parametersOf.length]!;
  const type = (['UInt8', 'UInt16', 'Float32', 'Int32', 'UInt32'] as const)[index % 5]!;
  return {
    name: `f${index}`,
    type,
    extractor,
    parameters: structuredClone(parameters),
    range: [0, 100],
    default: index % 3 === 0 ? null : 1,
  };
}

export const featuresInForce: FeatureFile = {
  schema: 1,
  features: Array.from({ length: 12 }, (_, index) => feature(index)),
};
/** Half of them are in force already, and names of their own are, too. */
export const shippedFeatures: FeatureFile = {
  schema: 1,
  features: [...Array.from({ length: 6 }, (_, index) => feature(index)), ...shippedNames()],
};

function shippedNames(): FeatureDefinition[] {
  return Array.from({ length: 20 }, (_, index) => ({ ...feature(index), name: `shipped${index}` }));
}

export const modelInForce: ModelFile = {
  schema: 1,
  name: 'in force',
  features: ['f0', 'f1', 'f2'],
  bias: 0,
  roots: [0],
  feature: [-1],
  threshold: [0.5],
  left: [0],
  right: [0],
  missingRight: [0],
};

const keyOf = {
  ja4: (index: number) => `t13d${String(index).padStart(4, '0')}h2_8daaf6152771_02713d6af86${index % 10}`,
  headerOrder: (index: number) => (0xabcd_0000_abc0 + index).toString(16),
  network: (index: number) => (index % 2 === 0 ? `192.0.${index}.0/24` : `2001:db8:${index}::/48`),
  asn: (index: number) => String(64_496 + index),
};
export const signalTableNames = ['ja4', 'headerOrder', 'network', 'asn'] as const;

export function signalTable(name: keyof typeof keyOf, rows: number): SignalTable {
  const indexes = Array.from({ length: rows }, (_, index) => index);
  const figures = signalFigures.map((figure) => [
    figure,
    indexes.map((index) => (figure.endsWith('Rank') ? index + 1 : (index + 1) / rows)),
  ]);
  return { keys: indexes.map(keyOf[name]), ...Object.fromEntries(figures) };
}

function signals(windowEndMs: number, rowsOf: (name: keyof typeof keyOf) => number): SignalsFile {
  const tables = signalTableNames.map((name) => [name, signalTable(name, rowsOf(name))]);
  return { schema: 1, windowEndMs, ...Object.fromEntries(tables) };
}

export const signalsInForce = signals(1_764_000_000_000, (name) => (name === 'ja4' ? 24 : name === 'asn' ? 0 : 10));

function baseSignals(random: Random): Loose {
  const laterMs = pick(random, [0, 300_000, -300_000, 1_800_000, 1_800_001, 86_400_000]);
  return structuredClone(
    signals(signalsInForce.windowEndMs + laterMs, (name) =>
      name === 'ja4' ? pick(random, [11, 12, 13, 24, 30]) : whole(random, 0, 12),
    ),
  );
}

/** `steps` of each table, rising by `apart`. */
function lists(names: readonly string[], steps: (table: string) => number, apart = 256): ListsFile {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => index);
  const starts4 = (count: number) => Uint32Array.from(rows(count), (index) => (index + 1) * apart);
  const starts6 = (count: number) => Uint32Array.from(rows(count).flatMap((index) => [0x2001_0db8, index * apart]));
  const networks = (starts: Uint32Array, count: number) => ({
    starts,
    asns: Uint32Array.from(rows(count), (index) => index),
    countries: Uint8Array.from(rows(count), (index) => index % 3),
  });
  const members = (starts: Uint32Array, count: number) => ({
    starts,
    lists: Uint32Array.from(rows(count), (index) => (index % 2 === 0 ? 2 ** names.length - 1 : 0)),
  });
  const [n4, n6, m4, m6] = ['n4', 'n6', 'm4', 'm6'].map(steps) as [number, number, number, number];
  return {
    schema: 1,
    sources: [{ name: 'a table', licence: 'CC0-1.0', attribution: '' }],
    countries: ['DE', 'FR'],
    names,
    networks: { ipv4: networks(starts4(n4), n4), ipv6: networks(starts6(n6), n6) },
    members: { ipv4: members(starts4(m4), m4), ipv6: members(starts6(m6), m6) },
  };
}

export const listsInForce = lists(['crawler', 'hosting', 'office', 'vpn'], (table) =>
  table.startsWith('n') ? 31 : 20,
);

function baseLists(random: Random): Loose {
  const names = pick(random, [['crawler', 'hosting', 'office', 'vpn'], ['crawler', 'hosting', 'vpn'], ['vpn'], []]);
  const file = lists(
    names,
    (table) => (table.startsWith('n') ? pick(random, [14, 15, 16, 30, 40]) : pick(random, [9, 10, 20, 20, 24])),
    pick(random, [1, 256, 256, 4_096]),
  );
  return JSON.parse(Buffer.from(encodeLists(file)).toString());
}

export function basePayload(kind: BundleKind, random: Random): Loose {
  switch (kind) {
    case 'lists':
      return baseLists(random);
    case 'features':
      return { schema: 1, features: Array.from({ length: whole(random, 11, 14) }, (_, index) => feature(index)) };
    case 'model':
      return baseModel(random);
    case 'signals':
      return baseSignals(random);
    case 'sites':
      return { schema: 1, sites: Array.from({ length: whole(random, 1, 3) }, (_, index) => baseSite(index, random)) };
    case 'switches':
      return {
        schema: 1,
        killed: ['bots', 'rules', 'action:block', 'rule:shop.example/block bots'].slice(0, whole(random, 0, 4)),
      };
  }
}

function baseModel(random: Random): Loose {
  const model: Loose = {
    schema: 1,
    name: 'forest',
    features: ['f0', 'f1', 'f2', 'f5'],
    bias: 0.25,
    roots: [],
    feature: [],
    threshold: [],
    left: [],
    right: [],
    missingRight: [],
  };
  const grow = (depth: number): number => {
    const node = model.feature.length;
    const isLeaf = depth === 0 || random.next() < 0.2;
    model.feature.push(isLeaf ? -1 : whole(random, 0, 3));
    model.threshold.push(random.next() * 4 - 2);
    model.left.push(0);
    model.right.push(0);
    model.missingRight.push(whole(random, 0, 1));
    if (isLeaf) return node;
    model.left[node] = grow(depth - 1);
    model.right[node] = grow(depth - 1);
    return node;
  };
  for (let tree = whole(random, 1, 4); tree > 0; tree--) model.roots.push(grow(3));
  return model;
}

const goodExpressions = knownExpressions.filter((each) => each.verdict === 'good');

/** Half of the sites are of the first days: one origin and no settings. */
function baseSite(index: number, random: Random): Loose {
  const origin = `http://127.0.0.1:${3000 + index}`;
  const isOld = random.next() < 0.5;
  return {
    name: `site${index}.example`,
    hosts: [`site${index}.example`, ...(index === 0 ? ['*'] : [`www.site${index}.example`])],
    ...(isOld ? { origin } : { origins: baseOrigins(origin), upstream: baseUpstream(), ...baseEdits() }),
    rules: Array.from({ length: whole(random, 0, 3) }, (_, rule) => baseRule(`rule ${rule}`, random)),
  };
}

function baseOrigins(url: string): Loose {
  return [{ url, weight: 3 }, { url: 'https://app.internal:8443' }, { url: 'http://[::1]:80', weight: 1 }];
}

export function baseUpstream(): Loose {
  return {
    connectTimeoutMs: 1_000,
    keepAliveMs: 0,
    requestsMax: 100,
    tls: {
      verify: true,
      serverName: 'app.internal',
      ca: goodPem,
      certificate: goodPem,
      keyPath: '/etc/holdfast/key.pem',
    },
    health: { path: '/healthz?full', host: 'app.internal', intervalMs: 1_000, unhealthyAfter: 2 },
    outlier: { enabled: true, failures: 3, ejectMs: 500 },
    retries: { max: 2 },
  };
}

export function baseEdits(): Loose {
  return {
    limits: { bodyBytesMax: 1_000_000, headBytesMax: 8_192 },
    requestHeaders: { set: [{ name: 'X-Site', value: 'shop, "a"' }], add: [], remove: ['Cookie2', 'X-Old'] },
    responseHeaders: { add: [{ name: 'Vary', value: 'Accept' }] },
    redirects: [
      { from: '/old', to: '/new' },
      { from: '/blog/*', to: 'https://blog.example/*', status: 301 },
      { from: '/a/*', to: '/b/*', status: 308 },
    ],
    errorPages: [
      { status: 502, body: 'back soon' },
      { status: 503, body: '<p>busy' },
    ],
  };
}

export function baseRule(name: string, random: Random): Loose {
  const action = pick(random, ['allow', 'log', 'block']);
  const then = action === 'block' ? { action, status: 403, body: 'no' } : { action };
  return {
    name,
    when: pick(random, goodExpressions).when,
    then,
    dryRun: random.next() < 0.2,
    whenAbsent: random.next() < 0.5 ? 'block' : 'never-block',
  };
}
