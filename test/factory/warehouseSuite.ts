import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { featureTypes } from '../../src/contract/kinds/featureFile.ts';
import { type SignalTableName, signalTables } from '../../src/contract/kinds/signalsFile.ts';
import { featureKeyColumns, LogRows, type StoredFeature } from '../../src/factory/log/logRows.ts';
import { requestColumns } from '../../src/factory/log/requestColumns.ts';
import { type GroupReading, signalsQuery } from '../../src/factory/signals/signalsQuery.ts';
import { addFeatureColumn } from '../../src/factory/warehouse/addFeatureColumn.ts';
import { migrate, shippedMigrations } from '../../src/factory/warehouse/migrate.ts';
import { parseRows, type Warehouse, WarehouseError } from '../../src/factory/warehouse/warehouse.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { type LoggedClient, readLoggedClients } from '../../src/training/ownLog/loggedClient.ts';
import { ownLogColumnsQuery, ownLogQuery, ownLogSizeQuery } from '../../src/training/ownLog/ownLogQuery.ts';
import { featureCount } from '../support/featureCount.ts';
import { record } from './logRecord.ts';

/** What every implementation of `Warehouse` does. `grant` lets the reading user see exactly these databases. */
export function warehouseSuite(
  name: string,
  open: () => Promise<{ warehouse: Warehouse; reader: Warehouse; grant(databases: readonly string[]): Promise<void> }>,
  close: () => Promise<void>,
): void {
  describe(`warehouse: ${name}`, () => {
    let warehouse: Warehouse;
    let reader: Warehouse;
    let grant: (databases: readonly string[]) => Promise<void>;
    const table = 'http_requests_features';
    const names = async (database: string | null) =>
      (await reader.readColumns(table, database)).map((column) => column.name);

    before(async () => {
      ({ warehouse, reader, grant } = await open());
    });
    after(close);

    it('applies each migration once', async () => {
      const applied = await migrate(warehouse, silentLogger);
      assert.ok(applied.includes('0001-shard-tables'), `applied ${applied}`);
      assert.deepEqual(await migrate(warehouse, silentLogger), []);
    });

    it('reads the feature columns of one database, in their order, with their comments', async () => {
      const columns = await reader.readColumns(table, 'default');
      assert.equal(columns.length, featureCount);
      assert.deepEqual([...new Set(columns.map((column) => column.database))], ['default']);
      for (const column of columns) assert.equal(typeof JSON.parse(column.comment).extractor, 'string', column.name);
    });

    it('inserts blocks that are read back through the Distributed table', async () => {
      for (const id of [1, 2, 3, 4]) {
        const row = `2026-11-24 10:00:00\t12\t${id}\t\\N\t['ua-list','no\\'quote']\tGET /\\tx\n`;
        const columns = ['at', 'milliseconds', 'id', 'score', 'heuristics', 'target'];
        await warehouse.insert('http_requests', columns, Buffer.from(row));
      }
      const read = async () =>
        parseRows<Record<string, unknown>>(
          await warehouse.query(
            'SELECT toUInt32(id) AS id, score, heuristics, target FROM default.http_requests ORDER BY id',
            'JSONEachRow',
          ),
        );
      for (let waited = 0; (await read()).length < 4 && waited < 50; waited++)
        await new Promise((r) => setTimeout(r, 100));
      const rows = await read();
      assert.deepEqual(
        rows.map((row) => Number(row.id)),
        [1, 2, 3, 4],
      );
      assert.deepEqual(rows[0], { id: 1, score: null, heuristics: ['ua-list', "no'quote"], target: 'GET /\tx' });
    });

    it('counts an hour for the signals, by one statement on every engine', async () => {
      const atMs = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
      const records = Array.from({ length: 25 }, (_, index) => ({
        ...{ ...record, vector: null, atMs, clientAddress: `203.0.113.${index}`, target: `/p?${index}` },
        ...(index < 5 && { source: 'heuristics' as const, userAgent: 'curl/8' }),
      }));
      const rows = new LogRows([]);
      rows.add({ edge: 'e', worker: 1, versions: {}, featureNames: [], dropped: 0, records }, 1_000_000);
      await warehouse.insert('http_requests', requestColumns, Buffer.from(rows.requests.join('')));
      const window = { fromS: atMs / 1_000 - 3_600, toS: atMs / 1_000 + 1 };
      const read = async (table: SignalTableName) =>
        parseRows<GroupReading>(await warehouse.query(signalsQuery(table, window), 'JSONEachRow'));
      for (let waited = 0; (await read('ja4')).length === 0 && waited < 50; waited++)
        await new Promise((r) => setTimeout(r, 100));
      const shadow = await warehouse.query(
        'SELECT max(shadow_score) AS highest FROM default.http_requests',
        'JSONEachRow',
      );
      assert.equal(Number(parseRows<{ highest: unknown }>(shadow)[0]?.highest), record.shadowScore);
      const keys = { ja4: record.ja4, headerOrder: 'fedcba987654', network: '203.0.113.0/24', asn: '4200000001' };
      for (const table of signalTables) {
        const [group, ...others] = await read(table);
        assert.equal(others.length, 0);
        const { key, ...counts } = group!;
        assert.equal(key, keys[table]);
        const numbers = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
        assert.deepEqual(numbers, {
          ...{ requests: 25, browsers: 0, heuristic_hits: 5, http2: 25, user_agents: 2, paths: 1, addresses: 25 },
        });
      }
    });

    it('gives the clients of a log with what tells of them and some of their vectors, by one statement on every engine', async () => {
      const atMs = Math.floor(Date.now() / 1_000) * 1_000 - 30_000;
      const visitor = { ...record, clientAddress: '198.51.100.7', operator: '', userAgent: "a\tb'c" };
      const tool = { ...visitor, userAgent: 'curl/8', source: 'heuristics' as const, heuristics: ['impostor-crawler'] };
      const records = [
        ...Array.from({ length: 40 }, (_, index) => ({
          ...{ ...visitor, atMs: atMs + index * 500, status: index === 0 ? 404 : 200 },
          vector: Float32Array.of(index, Number.NaN),
        })),
        { ...tool, atMs, vector: Float32Array.of(7, 1) },
        { ...tool, atMs: atMs + 1, vector: null },
      ];
      const names = ['header_count', 'has_cookie'];
      const stored = (await reader.readColumns(table, 'default')).map(({ name, type }) => ({ name, type, default: 0 }));
      const rows = new LogRows(stored as StoredFeature[]);
      rows.add({ edge: 'e', worker: 1, versions: {}, featureNames: names, dropped: 0, records }, 2_000_000);
      await warehouse.insert('http_requests', requestColumns, Buffer.from(rows.requests.join('')));
      await warehouse.insert(table, rows.featureColumns, Buffer.from(rows.features.join('')));
      const window = { fromS: atMs / 1_000 - 1, toS: atMs / 1_000 + 60 };
      const columns = (await reader.query(ownLogColumnsQuery, 'TabSeparated')).split('\n');
      for (const name of names) assert.ok(columns.includes(name), name);
      const read = async () => {
        const clients: LoggedClient[] = [];
        for (const part of [0, 1]) {
          const answer = await reader.query(ownLogQuery(names, part, 2, window), 'TabSeparated');
          const result = readLoggedClients(answer, names);
          assert.ok(result.ok);
          clients.push(...result.value);
        }
        return clients.sort((left, right) => right.requests - left.requests);
      };
      for (let waited = 0; ((await read())[0]?.requests ?? 0) < 40 && waited < 50; waited++)
        await new Promise((r) => setTimeout(r, 100));
      const [person, program, ...others] = await read();
      assert.equal(others.length, 0);
      const { rows: kept, id: _, ...told } = person!;
      assert.deepEqual(told, {
        ...{ network: '198.51.100.0/24', operator: '', claimsBrowser: false, requests: 40, hits: 0, impostures: 0 },
        ...{ answered: 39, seconds: 19 },
      });
      assert.deepEqual(
        kept.map(({ place }) => place),
        [1, 2, 3, 4, 5, 6, 7, 14, 21, 28, 35, 40],
      );
      assert.deepEqual([...kept.at(-1)!.vector], [39, Number.NaN]);
      assert.deepEqual([program!.requests, program!.hits, program!.impostures, program!.rows.length], [2, 2, 2, 1]);
      assert.deepEqual([...program!.rows[0]!.vector], [7, 1]);
      assert.equal(Number((await reader.query(ownLogSizeQuery(window), 'TabSeparated')).trim()), 41);
    });

    it('goes on with a migration that broke off', async () => {
      const again = shippedMigrations()
        .filter(({ name }) => name.startsWith('0005'))
        .map((migration) => ({ ...migration, name: `${migration.name}-again` }));
      assert.equal((await migrate(warehouse, silentLogger, again)).length, 1);
    });

    it('sees twice as many rows with r0 granted and no filter, four times with all three, and each once with the filter', async () => {
      assert.equal((await names(null)).length, featureCount);
      await grant(['default', 'r0']);
      assert.equal((await names(null)).length, featureCount * 2);
      assert.equal(new Set(await names(null)).size, featureCount);
      await grant(['default', 'r0', 'r1', 'r2']);
      assert.equal((await names(null)).length, featureCount * 4);
      assert.equal((await names('default')).length, featureCount);
      await grant(['default']);
      assert.equal((await names(null)).length, featureCount);
    });

    it('no name of a key column becomes a feature, and a column keeps its type', async () => {
      const comment = { extractor: 'header-present', parameters: { header: 'x' }, range: [0, 1], default: 0 } as const;
      const before = await reader.readColumns(table, 'default');
      for (const name of featureKeyColumns) {
        for (const type of featureTypes) {
          const refusal = await addFeatureColumn(warehouse, { name, type, ...comment });
          assert.match(refusal ?? 'taken', /is a key column/, `${name} ${type}`);
        }
      }
      const { name, type } = before[0] as { name: string; type: string };
      const other = type === 'Float32' ? 'UInt8' : 'Float32';
      assert.match((await addFeatureColumn(warehouse, { name, type: other, ...comment })) ?? 'taken', /keeps its type/);
      assert.deepEqual(await reader.readColumns(table, 'default'), before);
    });

    it('adds a feature column behind the others, comment and all', async () => {
      const comment = {
        extractor: 'header-present',
        parameters: { header: 'x-new' },
        range: [0, 1],
        default: 0,
      } as const;
      assert.equal(await addFeatureColumn(warehouse, { name: 'has_x_new', type: 'UInt8', ...comment }), null);
      const columns = await reader.readColumns(table, 'default');
      assert.equal(columns.length, featureCount + 1);
      assert.deepEqual(
        {
          name: columns[featureCount]?.name,
          type: columns[featureCount]?.type,
          comment: JSON.parse(columns[featureCount]?.comment ?? ''),
        },
        { name: 'has_x_new', type: 'UInt8', comment },
      );
      await warehouse.query('SELECT sum(has_x_new) FROM default.http_requests_features', 'TabSeparated');
    });

    it('answers an error, not a crash, to a statement that makes no sense', async () => {
      await assert.rejects(warehouse.query('SELECT nonsense FROM nowhere', 'TabSeparated'), WarehouseError);
      await assert.rejects(warehouse.execute('CREATE NONSENSE'), WarehouseError);
      await assert.rejects(warehouse.insert('http_requests', ['nonsense'], Buffer.from('1\n')), WarehouseError);
      await assert.rejects(warehouse.insert('http_requests', ['at'], Buffer.from('not a time\n')), WarehouseError);
    });
  });
}
