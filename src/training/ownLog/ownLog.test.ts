import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ClientWindows, compileFeatures, compileModel } from '../../bots/index.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import { requestHead } from '../../http/index.ts';
import { ok } from '../../kernel/result.ts';
import type { TrainedRow } from '../rows/makeRows.ts';
import { compareModels, faultsOf } from './compareModels.ts';
import { type LoggedClient, readLoggedClients } from './loggedClient.ts';
import { lackOf, ownRows } from './ownRows.ts';
import { ownLogLimits, readOwnLog } from './readOwnLog.ts';
import { weakLabelOf } from './weakLabel.ts';

const names = [
  'window_cookie_kept_share',
  'window_assets_per_view',
  'window_known_referer_share',
  'window_typed_share',
  'window_robots_read',
];
const visit = [0.9, 3, 0.7, 0.1, 0];

function client(parts: Partial<LoggedClient> = {}, last: readonly number[] = visit): LoggedClient {
  return {
    ...{ id: '1', network: '192.0.2.0/24', claimsBrowser: true, requests: 20, hits: 0, impostures: 0, operator: '' },
    ...{ answered: 20, seconds: 60, rows: [{ place: 1, vector: Float32Array.from(last) }] },
    ...parts,
  };
}

test('what a client was is told by proofs and heuristics first, then by its visit, and never guessed', () => {
  const labelOf = (parts: Partial<LoggedClient>, last?: readonly number[]) =>
    weakLabelOf(client(parts, last), names)?.reason;
  assert.equal(labelOf({}), 'visit');
  assert.equal(labelOf({ operator: 'googlebot', claimsBrowser: false }), 'verified-bot');
  assert.equal(labelOf({ hits: 3, impostures: 1 }), 'impostor');
  assert.equal(labelOf({ hits: 2 }), 'heuristics');
  assert.equal(labelOf({ hits: 1 }), undefined, 'one of twenty: somebody beside it');
  assert.equal(labelOf({ claimsBrowser: false }), 'no-browser');
  for (const parts of [{ requests: 7, answered: 7 }, { seconds: 5 }, { answered: 10 }])
    assert.equal(labelOf(parts), undefined);
  assert.equal(labelOf({}, [0.9, 3, 0.7, 0.1, 1]), undefined, 'it read robots.txt');
  const probed = [Float32Array.of(0.9, 3, 0.7, 0.1, 1), Float32Array.from(visit)];
  assert.equal(
    labelOf({ rows: probed.map((vector, index) => ({ place: index + 1, vector })) }),
    undefined,
    'it did before',
  );
  assert.equal(labelOf({}, [0.1, 3, 0.7, 0.1, 0]), undefined, 'it threw its cookies away');
  assert.equal(labelOf({}, [0.9, 3, Number.NaN, Number.NaN, 0]), undefined, 'two signs are too few');
});

test('the log’s answer is read whole or not at all', () => {
  const line = (place: number, missing: readonly string[], id = '77') =>
    [id, '192.0.2.0/24', 1, 2, 0, 0, '', 2, 30, place, missing, 0.5, 7, 'nan', 0, '-inf'].join('\t');
  const read = readLoggedClients(
    `${line(1, ['window_assets_per_view'])}\n${line(2, [])}\n${line(1, [], '78')}\n`,
    names,
  );
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.map(({ id, rows }) => [id, rows.map(({ place }) => place)]),
    [
      ['77', [1, 2]],
      ['78', [1]],
    ],
  );
  assert.deepEqual([...read.value[0]!.rows[0]!.vector], [0.5, Number.NaN, Number.NaN, 0, Number.NEGATIVE_INFINITY]);
  assert.deepEqual([...read.value[0]!.rows[1]!.vector], [0.5, 7, Number.NaN, 0, Number.NEGATIVE_INFINITY]);
  for (const broken of ['nonsense', '1\t2', `${line(1, [])}\t3`]) {
    const refused = readLoggedClients(`${line(1, [])}\n${broken}\n`, names);
    assert.ok(!refused.ok && refused.error.startsWith('line 2 '), broken);
  }
});

test('a network gives few clients, the same log the same ones, and what the log lacks is missing', async () => {
  const answer = Array.from({ length: 1_000 }, (_, index) =>
    [1_000 + index, `192.0.${index % 25}.0/24`, 0, 1, 0, 0, '', 1, 0, 1, '', 5].join('\t'),
  ).join('\n');
  const asked: string[] = [];
  const ask = async (sql: string) => {
    asked.push(sql);
    if (sql.includes('system.columns')) return ok('id\nheader_count\n');
    return ok(sql.startsWith('SELECT count()') ? '20000\n' : asked.length === 3 ? answer : '');
  };
  const read = async () => readOwnLog(ask, ['has_accept', 'header_count'], { fromS: 1, toS: 2 }, 1, () => {});
  const log = await read();
  assert.ok(log.ok);
  assert.deepEqual(log.value.names, ['header_count']);
  assert.equal(log.value.clients.length, 25 * ownLogLimits.clientsPerNetworkMax);
  const first = asked.splice(0);
  assert.equal(first.length, 5, 'columns, size and three parts');
  await read();
  assert.deepEqual(asked, first);

  const features = compileFeatures({
    schema: 1,
    features: ['has_accept', 'header_count'].map((name) => ({
      ...{ name, type: 'Float32' as const, range: [0, 100] as const, default: null, parameters: {} },
      extractor: 'header-count',
    })),
  });
  const rows = ownRows(log.value, features);
  const all = [...rows.trained, ...rows.keptBack];
  assert.equal(all.length, 500);
  assert.ok(rows.keptBack.length > 0 && rows.keptBack.length < 250);
  assert.equal(rows.keptBack.length % ownLogLimits.clientsPerNetworkMax, 0, 'networks are kept back whole');
  assert.deepEqual([...all[0]!.vector], [Number.NaN, 5]);
  assert.match(lackOf(rows) ?? '', /too few people’s visits: 0 clients/);
});

test('a visit teaches all it did but the request that it was known by; a program teaches all', () => {
  const three = [1, 2, 3].map((place) => ({ place, vector: Float32Array.from(visit) }));
  const features = compileFeatures(readShipped<FeatureFile>('features'));
  const rowsOf = (parts: Partial<LoggedClient>) => {
    const { trained, keptBack } = ownRows(
      { names, requests: 20, clients: [client({ ...parts, rows: three })] },
      features,
    );
    return [...trained, ...keptBack].map(({ position, session }) => `${session.label} ${position}`);
  };
  assert.deepEqual(rowsOf({}), ['human 0', 'human 1']);
  assert.deepEqual(rowsOf({ hits: 20 }), ['bot 0', 'bot 1', 'bot 2']);
});

test('a model that does worse on the log, or on recorded people, has faults', () => {
  const file = readShipped<ModelFile>('model');
  const features = compileFeatures(readShipped<FeatureFile>('features'));
  const shipped = compileModel(file, features);
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  const browser = [
    ...['User-Agent', firefox, 'Accept', accept, 'Accept-Language', 'en-US,en;q=0.9'],
    'Upgrade-Insecure-Requests',
    '1',
  ];
  const rowOf = (label: 'human' | 'bot', rawHeaders: readonly string[]): TrainedRow => {
    const place = { method: 'GET', target: '/', version: '1.1', scheme: 'http', clientAddress: '192.0.2.1' } as const;
    const vector = new Float32Array(features.size);
    const head = requestHead({ ...place, rawHeaders: ['Host', 'shop.example', ...rawHeaders], isRelayed: true });
    features.fill(head, new ClientWindows({ clientsMax: 4 }).observe(head, 0), vector);
    return { vector, position: 0, session: { family: 'log', source: 'log', label } };
  };
  const rows = [rowOf('human', browser), rowOf('bot', ['User-Agent', 'curl/8', 'Accept', '*/*'])];
  const opposite = compileModel(
    {
      ...file,
      bias: -file.bias,
      threshold: file.threshold.map((value, node) => (file.feature[node] === -1 ? -value : value)),
    },
    features,
  );
  const [none, some] = [{ peopleBelow30: 0 }, { peopleBelow30: 0.01 }];
  assert.deepEqual(faultsOf(compareModels(rows, shipped, shipped), none), []);
  assert.equal(faultsOf(compareModels(rows, shipped, shipped), some).length, 1);
  assert.match(faultsOf(compareModels(rows, shipped, opposite), none).join('\n'), /AUC/);
  const blind = compileModel({ ...file, bias: file.bias + 20 }, features);
  const [fault, ...others] = faultsOf(compareModels(rows, shipped, blind), none);
  assert.ok(others.length === 0 && /it finds 0.00 %/.test(fault ?? ''), String(fault));
  assert.equal(faultsOf(compareModels([], shipped, shipped), none).length, 3, 'what cannot be told speaks against it');
});

function readShipped<File>(name: string): File {
  return JSON.parse(readFileSync(new URL(`../../../shipped/${name}.json`, import.meta.url), 'utf8')) as File;
}
