import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChdbWarehouse, chdbPaths } from '../../src/factory/warehouse/chdbWarehouse.ts';
import { usersXml } from '../../src/factory/warehouse/embeddedConfig.ts';
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
