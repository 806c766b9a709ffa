import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LogReceiver } from '../../src/factory/log/logReceiver.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { connected } from './frames.ts';

async function withReceiver(use: (receiver: LogReceiver, path: string, frames: Buffer[]) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-receiver-'));
  const path = join(folder, 'log.sock');
  const frames: Buffer[] = [];
  const receiver = new LogReceiver((frame) => void frames.push(frame), systemClock, silentLogger);
  await receiver.listen(path);
  try {
    await use(receiver, path, frames);
  } finally {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const frame = Buffer.from([3, 0, 0, 0, 1, 2, 3]);

it('what a connection still sends while the factory ends is read, and nobody new is let in', async () => {
  await withReceiver(async (receiver, path, frames) => {
    const socket = await connected(path);
    for (let index = 0; index < 100; index++) socket.write(frame);
    const closed = receiver.close();
    await assert.rejects(connected(path));
    for (let index = 0; index < 100; index++) socket.write(frame);
    setTimeout(() => socket.end(frame), 100);
    const began = performance.now();
    await closed;
    assert.ok(performance.now() - began < 1_000, 'ends with the last connection');
    assert.equal(frames.length, 201);
  });
});

it('a connection that does not end is ended', async () => {
  await withReceiver(async (receiver, path) => {
    const socket = await connected(path);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    const began = performance.now();
    await receiver.close();
    await gone;
    assert.ok(performance.now() - began < 4_000);
  });
});
