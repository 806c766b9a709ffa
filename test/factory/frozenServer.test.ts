import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateSigningKey } from '../../src/bundles/index.ts';
import { Factory, HttpControl, ServerWarehouse } from '../../src/factory/index.ts';
import { receivingLimits } from '../../src/factory/log/limits.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { type ClickHouseServer, startClickHouseServer, whyNoServer } from './clickhouseServer.ts';
import { connected, framesOf, until } from './frames.ts';
import { record } from './logRecord.ts';

const missing = process.env.CI === 'true' ? null : whyNoServer();

describe('a frozen ClickHouse server', { skip: missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-frozen-'));
  const logSocket = join(folder, 'log.sock');
  const key = generateSigningKey('features');
  let server: ClickHouseServer;
  let factory: Factory;

  before(async () => {
    server = await startClickHouseServer();
    factory = new Factory({
      openWarehouse: () => ServerWarehouse.open(server.adminUrl),
      control: new HttpControl({ url: 'http://127.0.0.1:1', token: () => '', clock: systemClock }),
      signingKey: () => key,
      trust: () => ({ schema: 1, keys: [] }),
      clock: systemClock,
      log: silentLogger,
      logSocket,
      factorySocket: join(folder, 'factory.sock'),
      everyS: 300,
    });
    await factory.start();
    await until(async () => factory.status().engine !== null);
  });
  after(async () => {
    await factory?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the socket is read on, what has no room is dropped and counted, and the rest arrives when it thaws', async () => {
    const long = 'x'.repeat(1_024);
    const one = { ...record, atMs: Date.now(), vector: null, target: long, userAgent: long, host: long };
    const many = framesOf({ edge: 'e1', worker: 1, versions: {}, featureNames: [] }, Array(2_000).fill(one));
    const bytes = many.reduce((sum, frame) => sum + frame.length, 0);
    const rounds = Math.ceil((receivingLimits.queueBytesMax * 1.5) / bytes);
    const socket = await connected(logSocket);

    process.kill(server.pid, 'SIGSTOP');
    const began = performance.now();
    for (let round = 0; round < rounds; round++) {
      for (const frame of many) if (!socket.write(frame)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    const tookMs = performance.now() - began;
    await until(async () => factory.status().log.dropped['queue-full'] > 0);
    assert.ok(tookMs < 10_000, `writing ${rounds * bytes} bytes took ${tookMs} ms`);
    assert.ok(factory.status().log.queueBytes <= receivingLimits.queueBytesMax);

    process.kill(server.pid, 'SIGCONT');
    await until(async () => factory.status().log.queueBytes === 0, 30_000);
    await until(async () => {
      const { recordsInserted, dropped } = factory.status().log;
      return recordsInserted + dropped['queue-full'] === rounds * 2_000;
    });
    socket.destroy();
  });
});
