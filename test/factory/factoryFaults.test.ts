import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { generateSigningKey } from '../../src/bundles/index.ts';
import { Factory } from '../../src/factory/factory.ts';
import type { ControlPort } from '../../src/factory/publish/controlPort.ts';
import { ChdbWarehouse, chdbPaths } from '../../src/factory/warehouse/chdbWarehouse.ts';
import { usersXml } from '../../src/factory/warehouse/embeddedConfig.ts';
import { type Warehouse, WarehouseError } from '../../src/factory/warehouse/warehouse.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { until } from './frames.ts';

it('a mistake of our own is called one; the error of a ClickHouse that is back is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'));
  const events: string[] = [];
  const tell = (event: string) => void events.push(event);
  let trouble: Error | null = null;
  const warehouse: Warehouse = {
    flavour: 'embedded',
    engine: 'tables',
    version: [26, 7],
    readColumns: async () => {
      if (trouble !== null) throw trouble;
      return [];
    },
    insert: async () => {},
    query: async () => '',
    execute: async () => {},
    refreshAccess: async () => false,
    close: () => new Promise(() => {}),
  };
  let mistake = false;
  const status = { latest: 0, latestSha256: null, next: 1, frozen: false, history: [], refusals: [] };
  const control: ControlPort = {
    kindStatus: async (kind) => {
      if (mistake) throw new TypeError('cannot read properties of undefined');
      return { ...status, kind };
    },
    bundle: async () => new Uint8Array(),
    publish: async () => ({ answer: 'stored' }),
    reportRefusal: async () => {},
  };
  const key = generateSigningKey('features');
  let opened = 0;
  const factory = new Factory({
    openWarehouse: async () => {
      if (opened++ === 0) throw new WarehouseError('not yet');
      return warehouse;
    },
    control,
    signingKey: () => key,
    trust: () => ({ schema: 1, keys: [] }),
    clock: systemClock,
    log: { info: tell, warn: tell, error: tell },
    logSocket: join(folder, 'log.sock'),
    factorySocket: join(folder, 'factory.sock'),
    everyS: 300,
  });
  try {
    await factory.start();
    await until(async () => factory.status().engine !== null);
    const unavailable = () => events.filter((event) => event === 'warehouse-unavailable').length;
    assert.equal(unavailable(), 1);
    await until(async () => factory.status().last?.outcome.outcome === 'refused');
    trouble = new WarehouseError('gone');
    assert.equal((await factory.runCycle()).outcome, 'warehouse-gone');
    assert.equal(factory.status().engineError, 'gone');
    trouble = null;
    assert.equal((await factory.runCycle()).outcome, 'refused');
    assert.equal(factory.status().engineError, null);
    mistake = true;
    assert.equal((await factory.runCycle()).outcome, 'own-fault');
    assert.equal(factory.status().cycles['own-fault'], 1);
    assert.ok(events.includes('features-cycle-fault'));
    assert.equal(unavailable(), 1);
  } finally {
    const began = performance.now();
    await factory.close();
    assert.ok(performance.now() - began < 3_000, 'an engine that does not close is left');
    rmSync(folder, { recursive: true, force: true });
  }
});

it('an engine that could not be opened again is opened by the next statement', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-reopen-'));
  const warehouse = await ChdbWarehouse.open(folder);
  const { engine, users } = chdbPaths(folder);
  const good = readFileSync(engine);
  try {
    writeFileSync(engine, '<clickhouse><');
    writeFileSync(users, usersXml(['default', 'r0']));
    await assert.rejects(warehouse.refreshAccess(), WarehouseError);
    await assert.rejects(warehouse.query('SELECT 1', 'TabSeparated'), WarehouseError);
    writeFileSync(engine, good);
    assert.equal(await warehouse.query('SELECT 1', 'TabSeparated'), '1\n');
  } finally {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
