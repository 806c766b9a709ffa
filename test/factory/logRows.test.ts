import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bundleKinds, rowOf } from '../../src/contract/bundleKind.ts';
import type { LogBatch } from '../../src/contract/logBatch.ts';
import { LogRows } from '../../src/factory/log/logRows.ts';
import { requestColumnRows, requestColumns } from '../../src/factory/log/requestColumns.ts';
import { columnsOfMigrations } from '../../tools/columnsOfMigrations.ts';
import { record } from './logRecord.ts';

const batch: LogBatch = {
  edge: 'e1',
  worker: 2,
  versions: { features: 12, model: 3 },
  featureNames: ['a', 'b', 'c', 'gone'],
  dropped: 0,
  records: [record, { ...record, score: null, absentReason: 'killed', source: null, vector: null }],
};

it('an absent score is NULL and has no feature row; absent versions are NULL', () => {
  const rows = new LogRows([]);
  rows.add(batch, 7);
  const cell = (row: number, column: (typeof requestColumns)[number]) =>
    rows.requests[row]?.trimEnd().split('\t')[requestColumns.indexOf(column)];
  assert.equal(rows.requests.length, 2);
  assert.equal(rows.features.length, 1);
  assert.deepEqual([cell(0, 'score'), cell(1, 'score')], ['87', '\\N']);
  assert.deepEqual([cell(0, 'score_absent_reason'), cell(1, 'score_absent_reason')], ['', 'killed']);
  assert.deepEqual([cell(0, 'at'), cell(0, 'milliseconds'), cell(1, 'id')], ['1764000000', '123', '8']);
  assert.deepEqual([cell(0, 'features_version'), cell(0, 'switches_version')], ['12', '\\N']);
  assert.equal(cell(0, 'target'), "/a\\'b\\\\c\\td");
  assert.equal(cell(0, 'rules_logged'), "['watch']");
});

it('values go to their columns by name; what has no value is named as missing and holds the default', () => {
  const rows = new LogRows([
    { name: 'c', type: 'Float32', default: null },
    { name: 'b', type: 'UInt8', default: 3 },
    { name: 'new', type: 'Float32', default: null },
    { name: 'a', type: 'UInt8', default: null },
  ]);
  rows.add(batch, 1);
  assert.equal(rows.valuesWithoutColumn, 1, 'gone');
  assert.deepEqual(rows.featureColumns.slice(5), ['missing', 'c', 'b', 'new', 'a']);
  assert.deepEqual(rows.features[0]?.trimEnd().split('\t').slice(4), ['12', "['b','new']", '0.5', '3', 'nan', '1']);
});

it('the log has a column for the version of each kind whose row says so', () => {
  const versions = requestColumnRows.filter(({ name }) => name.endsWith('_version'));
  const logged = bundleKinds.filter((kind) => rowOf(kind).isLogged);
  assert.deepEqual(versions.map(({ name }) => name).sort(), logged.map((kind) => `${kind}_version`).sort());
  for (const { name, type } of versions) assert.equal(type, 'Nullable(UInt64)', name);
});

it('the shipped migrations end with the columns of the rows, their types and their order, in every table of both flavours', () => {
  const wanted = requestColumnRows.map(({ name, type }) => `${name} ${type}`);
  for (const [flavour, databases] of [
    ['embedded', ['r0', 'r1', 'r2', 'shards', 'default']],
    ['server', ['r0', 'r1', 'r2', 'default']],
  ] as const) {
    for (const database of databases)
      assert.deepEqual(columnsOfMigrations(flavour, `${database}.http_requests`), wanted, `${flavour} ${database}`);
  }
});

it('a row has a cell for each column, whatever its texts hold', () => {
  const rows = new LogRows([]);
  const texts = { site: 'a\tb', target: '/\n', rule: "it's", logged: ["x\t'y"], userAgent: '\\' };
  rows.add({ ...batch, records: [{ ...record, ...texts }] }, 1);
  assert.equal(rows.requests[0]!.split('\t').length, requestColumns.length);
  assert.equal(rows.requests[0]!.split('\n').length, 2);
});
