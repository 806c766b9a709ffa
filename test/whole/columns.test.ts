import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ClientWindows, compileFeatures } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { requestHead } from '../../src/http/index.ts';
import { ask, eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/*
 * The feature file drives the edge, and ClickHouse drives the feature file: a column added there changes the vector on
 * running edges, a default changed there changes scores exactly as computed here by a plain walk of the trees.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const features = JSON.parse(readFileSync(join(root, 'shipped/features.json'), 'utf8')) as FeatureFile;
const model = JSON.parse(readFileSync(join(root, 'shipped/model.json'), 'utf8')) as ModelFile;
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let holdfast: HoldfastUp;

before(async () => {
  holdfast = await startHoldfast(['--workers', '2', '--factory-every', '2']);
  await untilFeatures(1);
});
after(() => holdfast?.stop());

/** Waits until both workers judge with at least this version of the feature file; returns the version. */
async function untilFeatures(version: number): Promise<number> {
  const workers = new Map<string, number>();
  return eventually(
    `features ${version} on both workers`,
    async () => {
      const seen = await trace(holdfast.edgeUrl);
      workers.set(seen.worker!, Number(seen.features));
      const versions = [...workers.values()];
      return versions.length === 2 && versions.every((one) => one >= version) ? Math.min(...versions) : undefined;
    },
    60_000,
  );
}

/** Score by the definition in contract/kinds/modelFile.ts, written without the product's evaluator. */
function scoreByHand(vector: Float32Array, names: readonly string[]): number {
  const sigmoid = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));
  const value = (node: number) => vector[names.indexOf(model.features[model.feature[node]!]!)]!;
  const output = (root: number): number => {
    let node = root;
    while (model.feature[node]! >= 0) {
      const seen = value(node);
      const right = Number.isNaN(seen) ? model.missingRight[node] === 1 : seen >= Math.fround(model.threshold[node]!);
      node = (right ? model.right : model.left)[node]!;
    }
    return model.threshold[node]!;
  };
  const logOdds = model.roots.reduce((sum, root) => sum + output(root), model.bias);
  return Math.min(99, Math.max(2, 2 + Math.round(sigmoid(logOdds) * 97)));
}

/** What is sent and what is computed by hand must be the same head. */
function sentHeaders(): string[] {
  // A browser's page request, but for its connection: far from both ends, so that a feature can move it.
  return [
    ...['Host', new URL(holdfast.edgeUrl).host, 'User-Agent', userAgent],
    ...['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ...['Accept-Language', 'en-US,en;q=0.5', 'Accept-Encoding', 'gzip, deflate, br, zstd'],
    ...['Connection', 'close', 'Upgrade-Insecure-Requests', '1'],
    ...['Sec-Fetch-Dest', 'document', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Site', 'none', 'Sec-Fetch-User', '?1'],
  ];
}

/** The head that `trace` below sends, as the edge sees it from this address for the first time. */
function vectorOf(file: FeatureFile, address: string): Float32Array {
  const set = compileFeatures(file);
  const rawHeaders = sentHeaders();
  const head = requestHead({
    method: 'GET',
    target: '/.holdfast/trace',
    version: '1.1',
    rawHeaders,
    scheme: 'http',
    clientAddress: address,
  });
  const vector = new Float32Array(set.names.length);
  set.fill(head, new ClientWindows().observe(head, 1_000), vector);
  return vector;
}

function traceFrom(address: string): Promise<Record<string, string>> {
  return trace(holdfast.edgeUrl, { localAddress: address, headers: sentHeaders() });
}

test('a changed default changes the score exactly as computed by hand', { timeout: 120_000 }, async (context) => {
  const before_ = await traceFrom('127.0.7.1');
  const vector = vectorOf(features, '127.0.7.1');
  const names = features.features.map((feature) => feature.name);
  assert.equal(before_.source, 'model');
  assert.equal(Number(before_.score), scoreByHand(vector, names));

  // The missing value whose default would move this score the most.
  const moves = features.features.flatMap((feature, index) =>
    Number.isNaN(vector[index]!)
      ? [feature.range[0], feature.range[1], (feature.range[0] + feature.range[1]) / 2].map((value) => {
          const changed = vector.slice();
          changed[index] = value;
          return { feature, value: Math.fround(value), score: scoreByHand(changed, names) };
        })
      : [],
  );
  const best = moves.sort(
    (a, b) => Math.abs(b.score - Number(before_.score)) - Math.abs(a.score - Number(before_.score)),
  )[0];
  assert.ok(best !== undefined && best.score !== Number(before_.score), 'some missing value must matter for this head');

  const { name, type, extractor, parameters, range } = best.feature;
  const added = await holdfast.cli(
    'columns',
    'add',
    name,
    type,
    JSON.stringify({ extractor, parameters, range, default: best.value }),
  );
  assert.equal(added.code, 0, added.stderr);
  await untilFeatures(Number(before_.features) + 1);
  const after_ = await traceFrom('127.0.7.2');
  context.diagnostic(
    `default of ${name} from missing to ${best.value}: score ${before_.score} → ${after_.score}, by hand ${best.score}`,
  );
  assert.equal(Number(after_.score), best.score);
});

test('an added column becomes a feature on running edges, and its values land in ClickHouse', {
  timeout: 120_000,
}, async () => {
  const before_ = await trace(holdfast.edgeUrl);
  const comment = { extractor: 'header-present', parameters: { header: 'x-app' }, range: [0, 1], default: 0 };
  const added = await holdfast.cli('columns', 'add', 'has_x_app', 'UInt8', JSON.stringify(comment));
  assert.equal(added.code, 0, added.stderr);
  await untilFeatures(Number(before_.features) + 1);
  await ask(`${holdfast.edgeUrl}/about?with`, { headers: { 'x-app': '1' } });
  await ask(`${holdfast.edgeUrl}/about?without`);
  const sql = `SELECT r.target, f.has_x_app FROM http_requests AS r INNER JOIN http_requests_features AS f ON r.id = f.id WHERE r.target LIKE '/about?%' ORDER BY r.target`;
  const rows = await eventually('both rows in ClickHouse', async () => {
    const answer = await holdfast.cli('query', sql, '--format', 'TabSeparated');
    assert.equal(answer.code, 0, answer.stderr);
    return answer.stdout.trim().split('\n').length === 2 ? answer.stdout.trim() : undefined;
  });
  assert.equal(rows, '/about?with\t1\n/about?without\t0');
  assert.equal((await trace(holdfast.edgeUrl)).score, '1', 'a bare client is still scored');
});

test('a feature file that lacks what the model reads is refused, and says which', { timeout: 60_000 }, async () => {
  const before_ = await trace(holdfast.edgeUrl);
  const lacking = { schema: 1, features: features.features.filter((feature) => feature.name !== model.features[0]) };
  const file = join(holdfast.data, 'lacking.json');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(file, JSON.stringify(lacking));
  const published = await holdfast.cli('features', 'publish', file);
  assert.equal(published.code, 1);
  assert.match(published.stderr + published.stdout, new RegExp(`model-feature-missing[\\s\\S]*${model.features[0]}`));
  assert.equal((await trace(holdfast.edgeUrl)).features, before_.features);
});
