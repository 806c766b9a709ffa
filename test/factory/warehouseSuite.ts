import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { featureTypes } from '../../src/contract/featureFile.ts';
import { featureKeyColumns } from '../../src/factory/log/logRows.ts';
import { addFeatureColumn } from '../../src/factory/warehouse/addFeatureColumn.ts';
import { migrate } from '../../src/factory/warehouse/migrate.ts';
import { parseRows, type Warehouse, WarehouseError } from '../../src/factory/warehouse/warehouse.ts';
import { silentLogger } from '../../src/kernel/log.ts';

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

    it('reads the 60 feature columns of one database, in their order, with their comments', async () => {
      const columns = await reader.readColumns(table, 'default');
      assert.equal(columns.length, 60);
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

    it('sees 120 rows with r0 granted and no filter, 240 with all three, and 60 with the filter', async () => {
      assert.equal((await names(null)).length, 60);
      await grant(['default', 'r0']);
      assert.equal((await names(null)).length, 120);
      assert.equal(new Set(await names(null)).size, 60);
      await grant(['default', 'r0', 'r1', 'r2']);
      assert.equal((await names(null)).length, 240);
      assert.equal((await names('default')).length, 60);
      await grant(['default']);
      assert.equal((await names(null)).length, 60);
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
      assert.equal(columns.length, 61);
      assert.deepEqual(
        { name: columns[60]?.name, type: columns[60]?.type, comment: JSON.parse(columns[60]?.comment ?? '') },
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
