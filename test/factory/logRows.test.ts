import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { bundleKinds, rowOf } from '../../src/contract/bundleKind.ts';
import type { LogBatch } from '../../src/contract/logBatch.ts';
import { LogRows, requestColumns } from '../../src/factory/log/logRows.ts';
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
  const folder = new URL('../../shipped/migrations/', import.meta.url);
  const statements = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const versions = requestColumns.filter((column) => column.endsWith('_version'));
  assert.equal(versions.length, bundleKinds.filter((kind) => rowOf(kind).isLogged).length);
  for (const column of versions)
    assert.ok(
      statements.some((sql) => sql.includes(`${column} Nullable(UInt64)`)),
      column,
    );
});
