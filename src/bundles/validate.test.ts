import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { BundleKind, Companions } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import type { Site } from '../contract/kinds/sitesFile.ts';
import { validatePayload } from './validate.ts';

const shippedBytes = readFileSync(new URL('../../shipped/features.json', import.meta.url));
const shipped = JSON.parse(shippedBytes.toString('utf8')) as FeatureFile;
const count = shipped.features.length;
const model: ModelFile = {
  schema: 1,
  name: 'two trees',
  features: [shipped.features[0]!.name, shipped.features[1]!.name],
  bias: 0.1,
  roots: [0, 3],
  feature: [0, -1, -1, -1],
  threshold: [0.5, -1, 1, 0.25],
  left: [1, 0, 0, 0],
  right: [2, 0, 0, 0],
  missingRight: [1, 0, 0, 0],
};
const site: Site = {
  name: 'shop.example',
  hosts: ['shop.example'],
  origin: 'http://127.0.0.1:3000',
  rules: [
    {
      name: 'block bots',
      when: 'bot.score < 30 && !bot.verified',
      then: { action: 'block', status: 403, body: 'no' },
      dryRun: false,
      whenAbsent: 'never-block',
    },
  ],
};

function findings(kind: BundleKind, content: unknown, companions: Companions = {}): readonly Finding[] {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const result = validatePayload(kind, bytes, companions);
  return result.ok ? [] : result.error;
}

function reasons(kind: BundleKind, content: unknown, companions: Companions = {}): string[] {
  return [...new Set(findings(kind, content, companions).map((finding) => finding.reason))].sort();
}

const named = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ ...shipped.features[0]!, name: `f${from + index}` }));

test('what the software ships with is good, alone and together', () => {
  const shippedModel = JSON.parse(
    readFileSync(new URL('../../shipped/model.json', import.meta.url), 'utf8'),
  ) as ModelFile;
  assert.deepEqual(findings('features', shippedBytes, { features: shipped, model: shippedModel }), []);
  assert.deepEqual(findings('model', shippedModel, { features: shipped }), []);
});

test('18 November 2025: one more database read: every row and every name twice', () => {
  const [finding, ...more] = findings(
    'features',
    { schema: 1, features: [...shipped.features, ...shipped.features] },
    { features: shipped },
  );
  assert.equal(more.length, 0);
  assert.equal(finding?.reason, 'feature-name-duplicate');
  assert.deepEqual(
    finding.names,
    shipped.features.map((feature) => feature.name),
  );
  assert.deepEqual([finding.value, finding.limit], [count, 0]);
});

test('18 November 2025: three more, every row four times: both reasons with their figures', () => {
  const features = Array(4).fill(shipped.features).flat();
  const found = findings('features', { schema: 1, features });
  const figures = Object.fromEntries(found.map(({ reason, value, limit }) => [reason, [value, limit]]));
  assert.deepEqual(figures, { 'features-too-many': [count * 4, 200], 'feature-name-duplicate': [count, 0] });
});

test('one column more is fine, 60 distinct names more are not; the same for fewer', () => {
  const inForce: FeatureFile = { schema: 1, features: named(60) };
  const against = (features: unknown[]) => reasons('features', { schema: 1, features }, { features: inForce });
  assert.deepEqual(against(named(61)), []);
  assert.deepEqual(against(named(90)), []);
  assert.deepEqual(against(named(91)), ['features-grown']);
  assert.deepEqual(against(named(120)), ['features-grown']);
  assert.deepEqual(against(named(45)), []);
  assert.deepEqual(against(named(44)), ['features-shrunk']);
  assert.deepEqual(against(named(60, 60)), ['features-grown', 'features-shrunk']);
  assert.deepEqual(
    reasons('features', { schema: 1, features: named(2) }, { features: { schema: 1, features: named(1) } }),
    [],
  );
});

test('an upgrade of the software brings features: shipped names are no growth, and every other rule holds beside them', () => {
  // Names that no software ships, then names that this one does: an installation of 60 whose software ships 100.
  const inForce: FeatureFile = { schema: 1, features: named(60) };
  const ships = (count: number): FeatureFile => ({ schema: 1, features: named(count) });
  const against = (features: unknown[], shippedCount: number) =>
    reasons('features', { schema: 1, features }, { features: inForce, shipped: { features: ships(shippedCount) } });
  assert.deepEqual(against(named(100), 100), []);
  assert.deepEqual(against(named(100), 60), ['features-grown']);
  assert.deepEqual(against([...named(100), ...named(30, 500)], 100), [], 'half as many of its own beside them');
  const [finding] = findings(
    'features',
    { schema: 1, features: [...named(100), ...named(31, 500)] },
    { features: inForce, shipped: { features: ships(100) } },
  );
  assert.deepEqual([finding?.reason, finding?.value, finding?.limit], ['features-grown', 31, 30]);
  assert.deepEqual(
    finding?.names,
    named(31, 500).map((feature) => feature.name),
  );
  assert.deepEqual(against([...named(100), ...named(100)], 100), ['feature-name-duplicate']);
  assert.deepEqual(against(Array(4).fill(named(60)).flat(), 100), ['feature-name-duplicate', 'features-too-many']);
  assert.deepEqual(against(named(240), 100), ['features-grown', 'features-too-many']);
  assert.deepEqual(against(named(44, 16), 100), ['features-shrunk']);
});

test('all findings of a file come at once', () => {
  const [first, ...rest] = shipped.features;
  const broken = [
    { ...first, type: 'String' },
    { ...rest[0], range: [5, 5] },
    { ...rest[1], default: 7 },
    { ...rest[2], name: '2nd' },
    { ...rest[3], extractor: 'nothing-like-it' },
    { ...rest[4], parameters: { header: 'a b' } },
    { ...rest[5], extra: 1 },
  ];
  assert.deepEqual(reasons('features', { schema: 1, features: broken }, { features: shipped, model }), [
    'feature-default-outside-range',
    'feature-extractor-unknown',
    'feature-name-invalid',
    'feature-parameter-invalid',
    'feature-range-invalid',
    'feature-type-unknown',
    'features-shrunk',
    'schema-invalid',
  ]);
});

test('a thousand mistakes give a short list that counts the rest', () => {
  const features = Array.from({ length: 1_000 }, (_, index) => ({
    ...shipped.features[0],
    name: `f${index}`,
    type: 'x',
  }));
  const unknown = findings('features', { schema: 1, features }).filter(
    (finding) => finding.reason === 'feature-type-unknown',
  );
  assert.equal(unknown.length, 10);
  assert.match(unknown[9]!.message, /And 990 more/);
});

test('model and feature file that disagree on a name are refused, whichever comes second', () => {
  const without: FeatureFile = { schema: 1, features: shipped.features.slice(1) };
  const [finding] = findings('features', without, { features: shipped, model });
  assert.equal(finding?.reason, 'model-feature-missing');
  assert.deepEqual(finding.names, [shipped.features[0]!.name]);
  assert.deepEqual(reasons('model', model, { features: without }), ['model-feature-missing']);
  assert.deepEqual(reasons('model', model, { features: shipped }), []);
});

test('a forest whose walks would not end is refused', () => {
  const nodes = (change: Partial<ModelFile>) => reasons('model', { ...model, ...change });
  assert.deepEqual(nodes({ left: [0, 0, 0, 0] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ right: [1, 0, 0, 0] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ roots: [0] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ roots: [0, 4] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ feature: [2, -1, -1, -1] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ threshold: [0.5, -1, 1] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ threshold: [4e38, -1, 1, 0] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ threshold: [0, -1, 1, 1e7] }), ['model-node-invalid']);
  assert.deepEqual(nodes({ features: ['a', 'a'] }), ['model-feature-duplicate']);
  assert.deepEqual(nodes({ roots: [] }), ['model-empty']);
  assert.deepEqual(nodes({ roots: Array(501).fill(0) }), ['model-too-large']);
});

test('sites: what is refused and why', () => {
  const file = (...sites: unknown[]) => reasons('sites', { schema: 1, sites });
  assert.deepEqual(file(site), []);
  assert.deepEqual(file(), ['schema-invalid']);
  assert.deepEqual(file(site, site), ['host-duplicate', 'site-duplicate']);
  assert.deepEqual(file({ ...site, hosts: ['Shop.example'] }), ['host-invalid']);
  assert.deepEqual(file({ ...site, origin: 'https://a' }), ['origin-invalid']);
  assert.deepEqual(file({ ...site, rules: [{ ...site.rules[0], when: 'bot.scor < 30' }] }), ['rule-invalid']);
  const allow = { ...site.rules[0], name: 'allow people', when: 'bot.score >= 30', then: { action: 'allow' } };
  const rest = { ...site.rules[0], name: 'block the rest', when: 'true' };
  assert.deepEqual(file({ ...site, rules: [allow, rest] }), ['rule-blocks-when-absent']);
  assert.deepEqual(file({ ...site, rules: [allow, { ...rest, whenAbsent: 'block' }] }), []);
});

test('switches: known names only, a rule that is not there may be killed', () => {
  const file = (...killed: unknown[]) => reasons('switches', { schema: 1, killed });
  assert.deepEqual(file('bots', 'rules', 'action:block', 'action:log', 'rule:shop.example/block bots'), []);
  assert.deepEqual(file('everything', 'rule:shop.example'), ['switch-unknown']);
  assert.deepEqual(file('bots', 'bots'), ['schema-invalid']);
});

test('bombs: deep, wide, repeated, infinite, polluted', () => {
  const text = (content: string) => reasons('model', Buffer.from(content));
  const startedMs = performance.now();
  assert.deepEqual(text('['.repeat(8 << 20)), ['schema-invalid']);
  assert.deepEqual(text(`${'['.repeat(4 << 20)}${']'.repeat(4 << 20)}`), ['schema-invalid']);
  assert.deepEqual(text(`[${'[],'.repeat(2 << 20)}[]]`), ['payload-too-large']);
  assert.deepEqual(text('"'.repeat(8 << 20)), ['payload-not-json']);
  assert.ok(performance.now() - startedMs < 5_000);
  assert.deepEqual(text('{"schema":1,"schema":1}'), ['schema-invalid']);
  const switches = (content: string) => reasons('switches', Buffer.from(content));
  assert.deepEqual(switches('{"schema":1,"killed":[],"killed":["bots"]}'), ['schema-invalid']);
  assert.deepEqual(switches('{"schema":1,"killed":[],"__proto__":{"x":1}}'), ['schema-invalid']);
  assert.deepEqual(switches('\ufeff{"schema":1,"killed":[]}'), ['payload-not-json']);
  assert.deepEqual(reasons('switches', Buffer.from([0x22, 0xff, 0x22])), ['payload-not-utf8']);
  assert.deepEqual(switches(`{"schema":1,"killed":[]}${' '.repeat(65_536)}`), ['payload-too-large']);
  const features = JSON.stringify({ schema: 1, features: [shipped.features[0]] });
  assert.deepEqual(reasons('features', Buffer.from(features.replace('"range":[0,1]', '"range":[0,1e999]'))), [
    'feature-range-invalid',
  ]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});
