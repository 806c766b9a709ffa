import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LogInserter } from '../../src/factory/log/logInserter.ts';
import { writeFeatureComment } from '../../src/factory/warehouse/featureComment.ts';
import type { ColumnReading, Warehouse } from '../../src/factory/warehouse/warehouse.ts';
import { WarehouseError } from '../../src/factory/warehouse/warehouse.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { framesOf, until } from './frames.ts';
import { record } from './logRecord.ts';

const comment = writeFeatureComment({ extractor: 'header-present', parameters: {}, range: [0, 1], default: 0 });
const column = (name: string, type = 'UInt8', text = comment): ColumnReading => ({
  database: 'default',
  name,
  type,
  comment: text,
});

/** A ClickHouse that keeps what it is given, refuses or falls silent as it is told. */
class Tables implements Warehouse {
  readonly flavour = 'embedded';
  readonly engine = 'tables';
  readonly version = [26, 7] as const;
  readonly rows: Record<string, number> = { http_requests: 0, http_requests_features: 0 };
  columns: readonly ColumnReading[] = [column('a')];
  written: readonly string[] = [];
  refuses: string | null = null;
  silent = false;
  attempts = 0;
  async readColumns() {
    return [...this.columns];
  }
  async insert(table: string, columns: readonly string[], rows: Uint8Array) {
    this.attempts++;
    if (this.silent) await new Promise(() => {});
    if (this.refuses === table) throw new WarehouseError('refused');
    if (table === 'http_requests_features') this.written = columns;
    this.rows[table] = (this.rows[table] ?? 0) + Buffer.from(rows).toString().trimEnd().split('\n').length;
  }
  async query() {
    return '';
  }
  async execute() {}
  async refreshAccess() {
    return false;
  }
  async close() {}
}

const header = { edge: 'e1', worker: 1, versions: {}, featureNames: ['a'] };
const batchOf = (records: number, vector: Float32Array | null = Float32Array.of(1)) =>
  Buffer.from(framesOf(header, Array(records).fill({ ...record, vector }))[0] as Uint8Array).subarray(4);

function inserterOf(tables: Tables, changed: object = {}) {
  const told: { event: string; fields: Record<string, unknown> }[] = [];
  const tell = (event: string, fields: Record<string, unknown> = {}) => void told.push({ event, fields });
  const limits = {
    queueBytesMax: 1 << 20,
    insertBatchBytesMax: 4_096,
    insertEveryMs: 1,
    insertRetryMs: { first: 5, max: 20 },
    insertAttemptsWhenFull: 3,
    lastInsertsMs: 200,
    ...changed,
  };
  const inserter = new LogInserter(() => tables, systemClock, { info: tell, warn: tell, error: tell }, limits);
  return { inserter, told };
}

it('columns that are no features, of whatever type, are left to their defaults and told of once', async () => {
  const tables = new Tables();
  tables.columns = [
    column('tags', 'Array(String)', ''),
    column('a'),
    column('who', 'UUID'),
    column('note', 'UInt8', 'of ours'),
    column('milliseconds', 'UInt16'),
  ];
  const { inserter, told } = inserterOf(tables);
  for (let round = 1; round <= 3; round++) {
    inserter.offer(batchOf(2));
    await until(async () => tables.rows.http_requests_features === round * 2);
  }
  assert.deepEqual(tables.written, ['at', 'milliseconds', 'id', 'edge', 'features_version', 'missing', 'a']);
  const left = told.filter(({ event }) => event === 'log-columns-left-out');
  assert.deepEqual(
    left.map(({ fields }) => fields.names),
    ['tags, who, note, milliseconds'],
  );
  await inserter.flush();
});

it('while there is room a block waits however often it fails, and arrives once', async () => {
  const tables = new Tables();
  tables.refuses = 'http_requests';
  const { inserter } = inserterOf(tables);
  inserter.offer(batchOf(7));
  await until(async () => tables.attempts >= 8);
  assert.ok(inserter.status().queueBytes > 0, 'what is tried counts as waiting');
  tables.refuses = 'http_requests_features';
  await until(async () => tables.rows.http_requests === 7);
  tables.refuses = null;
  await until(async () => inserter.status().recordsInserted === 7);
  assert.deepEqual(tables.rows, { http_requests: 7, http_requests_features: 7 });
  assert.deepEqual(inserter.status().dropped, { 'queue-full': 0, 'batch-malformed': 0, 'insert-failed': 0 });
  assert.equal(inserter.status().queueBytes, 0);
});

it('without room what comes is dropped, and after some attempts the block that blocks; each table has its count', async () => {
  const tables = new Tables();
  tables.refuses = 'http_requests_features';
  const one = batchOf(3);
  const { inserter } = inserterOf(tables, { queueBytesMax: one.length * 2, insertBatchBytesMax: 1 });
  inserter.offer(one);
  inserter.offer(batchOf(3));
  inserter.offer(batchOf(1, null));
  inserter.offer(batchOf(2));
  await until(async () => {
    inserter.offer(batchOf(3));
    return inserter.status().featureRowsDropped['insert-failed'] > 0;
  });
  const { dropped, featureRowsDropped } = inserter.status();
  assert.equal(dropped['insert-failed'], 0, 'http_requests has them');
  assert.ok(featureRowsDropped['insert-failed'] >= 3);
  assert.equal(dropped['queue-full'] - featureRowsDropped['queue-full'], 1, 'the one without a vector');
  tables.refuses = null;
  await until(async () => inserter.status().queueBytes === 0);
  const after = inserter.status();
  assert.equal(tables.rows.http_requests, after.recordsInserted);
  assert.equal(tables.rows.http_requests_features, after.recordsInserted - after.featureRowsDropped['insert-failed']);
});

it('an end is bounded, whatever ClickHouse does, and what was left is counted', async () => {
  for (const trouble of ['silent', 'refusing'] as const) {
    const tables = new Tables();
    tables.silent = trouble === 'silent';
    tables.refuses = trouble === 'refusing' ? 'http_requests' : null;
    const { inserter, told } = inserterOf(tables, { insertRetryMs: { first: 60_000, max: 60_000 } });
    inserter.offer(batchOf(5));
    inserter.offer(batchOf(5));
    await until(async () => tables.attempts > 0);
    const began = performance.now();
    await inserter.flush();
    assert.ok(performance.now() - began < 1_000, trouble);
    assert.equal(inserter.status().dropped['insert-failed'], 10, trouble);
    assert.ok(told.some(({ event }) => event === 'log-records-dropped'));
  }
});
