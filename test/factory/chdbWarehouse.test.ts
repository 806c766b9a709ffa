import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { shippedFeatures } from '../../src/bots/testing/features.ts';
import { ChdbWarehouse, chdbPaths } from '../../src/factory/warehouse/chdbWarehouse.ts';
import { usersXml } from '../../src/factory/warehouse/embeddedConfig.ts';
import { migrate } from '../../src/factory/warehouse/migrate.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { ownLogQuery } from '../../src/training/ownLog/ownLogQuery.ts';
import { warehouseSuite } from './warehouseSuite.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-chdb-'));
let warehouse: ChdbWarehouse;

warehouseSuite(
  'chdb',
  async () => {
    warehouse = await ChdbWarehouse.open(folder);
    const grant = async (databases: readonly string[]) => {
      writeFileSync(chdbPaths(folder).users, usersXml(databases));
      await warehouse.refreshAccess();
    };
    return { warehouse, reader: warehouse, grant };
  },
  async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  },
);

test('a part of a log takes memory for itself, however long the log is', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-chdb-'));
  const warehouse = await ChdbWarehouse.open(folder);
  context.after(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await migrate(warehouse, silentLogger);
  const [fromS, requests, parts] = [Math.floor(Date.now() / 1_000) - 3_600, 150_000, 19];
  const names = shippedFeatures().features.map(({ name }) => name);
  const key = `toDateTime(${fromS} + intDiv(number, 100)) AS at, number % 1000 AS milliseconds, number AS id, 'e' AS edge`;
  const address = `concat('10.0.', toString(number % 40), '.', toString(number % 200))`;
  await warehouse.execute(
    'INSERT INTO r0.http_requests (at, milliseconds, id, edge, client_address, user_agent, network, claims_browser, status)' +
      ` SELECT ${key}, ${address}, 'a', '10.0.0.0/24', 1, 200 FROM numbers(${requests})`,
  );
  const missing = names.slice(50).map((name) => `'${name}'`);
  await warehouse.execute(
    `INSERT INTO r0.http_requests_features (at, milliseconds, id, edge, missing) SELECT ${key}, [${missing}] FROM numbers(${requests})`,
  );
  const query = ownLogQuery(names, 1, parts, { fromS, toS: fromS + 3_600 });
  const answer = await warehouse.query(`${query} SETTINGS max_memory_usage = 100000000`, 'TabSeparated');
  assert.ok(answer.split('\n').length > 50);
});
