import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ServerWarehouse } from '../../src/factory/warehouse/serverWarehouse.ts';
import { WarehouseError } from '../../src/factory/warehouse/warehouse.ts';
import { type ClickHouseServer, startClickHouseServer, whyNoServer } from './clickhouseServer.ts';
import { warehouseSuite } from './warehouseSuite.ts';

const missing = whyNoServer();
if (missing !== null && process.env.CI !== 'true') {
  it('warehouse: server', { skip: missing }, () => {});
} else {
  let server: ClickHouseServer;
  let warehouse: ServerWarehouse;
  let reader: ServerWarehouse;
  warehouseSuite(
    'server',
    async () => {
      server = await startClickHouseServer();
      warehouse = await ServerWarehouse.open(server.adminUrl);
      reader = await ServerWarehouse.open(server.readerUrl);
      return { warehouse, reader, grant: server.grant };
    },
    async () => {
      await warehouse?.close();
      await reader?.close();
      await server?.stop();
    },
  );
}

it('a server that is not there is an error that says so', async () => {
  await assert.rejects(ServerWarehouse.open('http://127.0.0.1:1'), (error: Error) => {
    assert.ok(error instanceof WarehouseError);
    assert.match(error.message, /ECONNREFUSED/);
    return true;
  });
});
