import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildFeatureFile, compareReadings, encodeFeatureFile } from '../../src/factory/features/buildFeatureFile.ts';
import { readFeatureComment, writeFeatureComment } from '../../src/factory/warehouse/featureComment.ts';
import type { ColumnReading } from '../../src/factory/warehouse/warehouse.ts';

const comment = { extractor: 'header-present', parameters: { header: 'accept' }, range: [0, 1], default: 0 } as const;
const column = (name: string, changed: Partial<ColumnReading> = {}): ColumnReading => ({
  database: 'default',
  name,
  type: 'UInt8',
  comment: writeFeatureComment(comment),
  ...changed,
});

it('readings that differ in a row, a type, a comment or their order disagree, and the names say where', () => {
  const reading = [column('a'), column('b'), column('c')];
  assert.deepEqual(compareReadings(reading, [...reading]), []);
  const names = (second: readonly ColumnReading[]) => {
    const [finding, ...more] = compareReadings(reading, second);
    assert.equal(finding?.reason, 'readings-disagree');
    assert.equal(more.length, 0);
    return finding?.names;
  };
  assert.deepEqual(names(reading.slice(0, 2)), ['c']);
  assert.deepEqual(names([...reading, column('c', { database: 'r0' })]), ['c']);
  assert.deepEqual(names([column('a'), column('b', { type: 'UInt16' }), column('c')]), ['b']);
  assert.deepEqual(names([column('a', { comment: '{}' }), column('b'), column('c')]), ['a']);
  assert.deepEqual(names([column('b'), column('a'), column('c')]), [], 'the order alone');
});

it('a comment is read as it was written', () => {
  assert.deepEqual(readFeatureComment(writeFeatureComment(comment)), comment);
  assert.deepEqual(readFeatureComment('{"extractor":"x","range":[1,2]}'), {
    extractor: 'x',
    parameters: {},
    range: [1, 2],
    default: null,
  });
});

it('a comment that is none is refused in words that follow the column name', () => {
  for (const [text, said] of [
    ['', /no comment/],
    ['{', /not JSON/],
    ['[]', /no JSON object/],
    ['{"range":[0,1]}', /without "extractor"/],
    ['{"extractor":"x"}', /"range"/],
    ['{"extractor":"x","range":[0]}', /"range"/],
    ['{"extractor":"x","range":[0,1],"default":"0"}', /"default"/],
    ['{"extractor":"x","range":[0,1],"parameters":[]}', /"parameters"/],
    ['{"extractor":"x","range":[0,1],"weight":2}', /unknown keys: weight/],
    [' '.repeat(5_000), /characters/],
  ] as const) {
    const { findings, file } = buildFeatureFile([column('odd', { comment: text }), column('good')]);
    assert.equal(findings[0]?.reason, 'schema-invalid', text);
    assert.match(findings[0]?.message ?? '', said);
    assert.deepEqual(findings[0]?.names, ['odd']);
    assert.equal(file.features.length, 1);
  }
});

it('the same features make the same bytes, whatever the order of their parameters', () => {
  const file = (parameters: Record<string, string>) =>
    buildFeatureFile([column('a', { comment: JSON.stringify({ ...comment, parameters }) })]).file;
  assert.deepEqual(encodeFeatureFile(file({ x: '1', y: '2' })), encodeFeatureFile(file({ y: '2', x: '1' })));
  assert.notDeepEqual(encodeFeatureFile(file({ x: '1' })), encodeFeatureFile(file({ x: '2' })));
});
