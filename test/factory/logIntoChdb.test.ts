import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateSigningKey } from '../../src/bundles/index.ts';
import { askFactory } from '../../src/cli/clients/factorySocket.ts';
import { ChdbWarehouse, Factory, HttpControl } from '../../src/factory/index.ts';
import { requestColumnRows } from '../../src/factory/log/requestColumns.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { connected, framesOf, until } from './frames.ts';
import { record } from './logRecord.ts';

describe('the log receiver of a whole factory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-factory-'));
  const sockets = { logSocket: join(folder, 'log.sock'), factorySocket: join(folder, 'factory.sock') };
  const key = generateSigningKey('features');
  let factory: Factory;

  const query = async (sql: string) =>
    (await askFactory(sockets.factorySocket, 'POST', '/query', { sql, format: 'TabSeparated', write: false })).text;
  const status = async () => JSON.parse((await askFactory(sockets.factorySocket, 'GET', '/status')).text);

  before(async () => {
    factory = new Factory({
      openWarehouse: () => ChdbWarehouse.open(folder),
      control: new HttpControl({ url: 'http://127.0.0.1:1', token: () => '', clock: systemClock }),
      signingKey: () => key,
      trust: () => ({ schema: 1, keys: [] }),
      clock: systemClock,
      log: silentLogger,
      everyS: 300,
      ...sockets,
    });
    await factory.start();
    await until(async () => (await status()).engine !== null);
  });
  after(async () => {
    await factory.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('records that came over the socket are in both tables, with their versions', async () => {
    const socket = await connected(sockets.logSocket);
    const header = { edge: 'e1', worker: 1, versions: { features: 4, model: 2 }, featureNames: ['has_accept'] };
    for (const frame of framesOf(header, Array(500).fill({ ...record, atMs: Date.now(), vector: Float32Array.of(1) })))
      socket.write(frame);
    await until(async () => (await status()).log.recordsInserted === 500);
    socket.destroy();
    assert.equal(
      await query('SELECT count(), uniqExact(id), sum(score), any(features_version) FROM http_requests'),
      `500\t500\t${500 * 87}\t4\n`,
    );
    assert.equal(await query('SELECT count(), sum(has_accept) FROM http_requests_features'), '500\t500\n');
    assert.equal(
      await query('SELECT count() FROM http_requests r JOIN http_requests_features f ON r.id = f.id'),
      '500\n',
    );
    for (const shard of ['r0', 'r1', 'r2']) await query(`SELECT count() FROM ${shard}.http_requests`);
  });

  it('its tables have the columns that rows are made for', async () => {
    const wanted = requestColumnRows.map(({ name, type }) => `${name}\t${type}\n`).join('');
    for (const database of ['r0', 'r1', 'r2', 'shards', 'default'])
      assert.equal(
        await query(
          `SELECT name, type FROM system.columns WHERE database = '${database}' AND table = 'http_requests' ORDER BY position`,
        ),
        wanted,
      );
  });

  it('garbage ends its own connection and is counted; a bad batch costs that batch alone', async () => {
    const garbage = await connected(sockets.logSocket);
    const ended = new Promise((resolve) => garbage.once('close', resolve));
    garbage.write(Buffer.alloc(16, 0xff));
    await ended;
    const bad = await connected(sockets.logSocket);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(3);
    bad.write(Buffer.concat([head, Buffer.from('bad')]));
    const [good] = framesOf({ edge: 'e', worker: 1, versions: {}, featureNames: [] }, [{ ...record, vector: null }]);
    bad.write(good as Uint8Array);
    await until(async () => (await status()).log.recordsInserted === 501);
    bad.destroy();
    const { log } = await status();
    assert.equal(log.framesRefused, 1);
    assert.equal(log.dropped['batch-malformed'], 1);
  });

  it('an operator may read, and change something only when asked for', async () => {
    const ask = async (sql: string, write: boolean) =>
      (await askFactory(sockets.factorySocket, 'POST', '/query', { sql, format: 'CSV', write })).status;
    assert.equal(await ask('SELECT 1', false), 200);
    assert.equal(await ask('DROP TABLE http_requests', false), 400);
    assert.equal(await ask('SELECT nonsense', false), 400);
    assert.equal(await ask('CREATE TABLE x (a UInt8) ENGINE = Memory', true), 200);
  });

  it('a column that the next cycle would refuse is refused at once', async () => {
    const feature = { name: 'x y', type: 'UInt8', extractor: 'nonsense', parameters: {}, range: [0, 1], default: 0 };
    const answer = await askFactory(sockets.factorySocket, 'POST', '/columns', feature);
    assert.equal(answer.status, 400);
    assert.match(answer.text, /nonsense/);
  });

  it('control that is not there costs a cycle, not the factory', async () => {
    const { cycles, last } = await status();
    assert.ok(cycles['control-gone'] >= 1);
    assert.match(last.outcome.error, /^control at /);
  });
});
