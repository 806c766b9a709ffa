import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { bundleKinds } from '../../src/contract/bundleKind.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { refusingDisk } from './disk/refusingDisk.ts';
import { openLastGoodIn, type PretendEdge, startPretendEdge } from './pretendEdge.ts';
import { startRealEdge } from './realEdge.ts';
import { bundle, makeKeys } from './smallBundles.ts';

const keys = makeKeys();
let root = '';
let edge: PretendEdge | undefined;

before(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-first-'));
});
afterEach(() => edge?.stop());
after(() => rmSync(root, { recursive: true, force: true }));

for (const code of ['ENOSPC', 'EROFS'] as const) {
  test(`a disk that answers ${code}: the first sites run from memory, a worker that starts later has them, and it is said`, async () => {
    const data = join(root, code);
    const spillFolder = join(root, `${code}-memory`);
    mkdirSync(data);
    const disk = refusingDisk(data, code);
    const lines: string[] = [];
    const logger = {
      info() {},
      warn: (event: string) => lines.push(event),
      error: (event: string) => lines.push(event),
    };
    edge = startPretendEdge({ data, keys, disk, spillFolder, logger });
    for (const kind of bundleKinds) {
      assert.equal((await edge.agent.offer(kind, bundle(keys, kind, 1), 'file')).outcome, 'ack');
    }
    const { set } = openLastGoodIn(data, keys, disk, undefined, spillFolder).store.currentSet();
    assert.deepEqual({ ...set.versions }, Object.fromEntries(bundleKinds.map((kind) => [kind, 1])));
    await edge.agent.setLocalSwitch('bots', true);
    assert.deepEqual(edge.agent.localKilled, ['bots']);

    // The disk takes files again: what comes then is on it.
    edge.stop();
    edge = startPretendEdge({ data, keys, spillFolder });
    assert.equal((await edge.agent.offer('sites', bundle(keys, 'sites', 2), 'file')).outcome, 'ack');
    assert.equal(openLastGoodIn(data, keys).store.state().state.current.sites, 2);
  });

  test(`a disk that answers ${code} and no memory either: refused with the reason, and a local switch still acts`, async () => {
    const data = join(root, `${code}-alone`);
    mkdirSync(data);
    edge = startPretendEdge({ data, keys, disk: refusingDisk(data, code) });
    const outcome = await edge.agent.offer('sites', bundle(keys, 'sites', 1), 'file');
    assert.equal(outcome.outcome === 'nack' && outcome.findings[0]?.reason, 'disk-write-failed');
    const findings = await edge.agent.setLocalSwitch('bots', true);
    assert.equal(findings[0]?.reason, 'disk-write-failed');
    assert.deepEqual(edge.agent.localKilled, ['bots']);
  });
}

test('the clock set back to 1970, and jumping: versions do not depend on it', async () => {
  const data = join(root, 'clock');
  let wallMs = Date.now();
  const clock = { ...systemClock, wallMs: () => wallMs };
  edge = startPretendEdge({ data, keys, clock });
  assert.equal((await edge.agent.offer('sites', bundle(keys, 'sites', 1), 'file')).outcome, 'ack');
  wallMs = 0;
  assert.equal((await edge.agent.offer('sites', bundle(keys, 'sites', 2), 'file')).outcome, 'ack');
  edge.stop();
  edge = startPretendEdge({ data, keys, clock });
  assert.equal(edge.agent.running.sites, 2);
  assert.equal((await edge.agent.offer('sites', bundle(keys, 'sites', 1), 'file')).outcome, 'nack');
});

test('everything of last good overwritten with noise: starts with nothing, says so, and takes new bundles', async () => {
  const data = join(root, 'noise');
  edge = startPretendEdge({ data, keys });
  for (const kind of bundleKinds) await edge.agent.offer(kind, bundle(keys, kind, 1), 'file');
  edge.stop();
  const folder = join(data, 'edge', 'bundles');
  for (const kind of bundleKinds) writeFileSync(join(folder, kind, '1.bundle'), Buffer.alloc(300, 0xff));
  for (const name of ['state.json', 'state.previous.json']) writeFileSync(join(folder, name), Buffer.alloc(99, 0xff));
  writeFileSync(join(data, 'edge', 'local-switches.json'), Buffer.alloc(99, 0xff));
  edge = startPretendEdge({ data, keys });
  assert.deepEqual(edge.agent.running, {});
  const reasons = new Set(edge.agent.missing.map(({ reason }) => reason));
  for (const reason of ['state-unreadable', 'envelope-malformed', 'bundle-missing'] as const)
    assert.ok(reasons.has(reason), reason);
  assert.deepEqual(edge.agent.localKilled, []);
  // Numbers that were used stay used, as far as names tell.
  assert.equal((await edge.agent.offer('sites', bundle(keys, 'sites', 2), 'file')).outcome, 'ack');
});

test('a real edge whose last good is noise serves its local sites with what the software ships', async () => {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-noise-'));
  const folder = join(data, 'edge', 'bundles');
  mkdirSync(join(folder, 'features'), { recursive: true });
  writeFileSync(join(folder, 'features', '7.bundle'), 'noise');
  writeFileSync(join(folder, 'state.json'), 'noise');
  writeFileSync(join(data, 'edge', 'local-key.json'), 'noise');
  const real = await startRealEdge({ data, workers: 1 });
  assert.equal((await real.get()).status, 200);
  // Its worker serves a moment before the agent has written that it does.
  await real.until('the sites are in force', async () => (await real.status()).versions.sites === 1);
  const { versions, missing } = await real.status();
  assert.deepEqual(versions, { features: 0, model: 0, sites: 1 });
  assert.ok(missing.some(({ reason }) => reason === 'state-unreadable'));
  await real.stop();
});

test('a real edge on a full and on a read-only file system serves and says what it lacks', async (t) => {
  const mounts = [
    { name: 'full', options: 'size=4k', fill: true },
    { name: 'read-only', options: 'ro', fill: false },
  ];
  for (const { name, options, fill } of mounts) {
    const data = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', data], { stdio: 'ignore' });
    } catch {
      rmSync(data, { recursive: true, force: true });
      t.skip('mounting a tmpfs needs root');
      return;
    }
    try {
      if (fill) writeFileSync(join(data, 'filler'), Buffer.alloc(4096));
      const real = await startRealEdge({ data, workers: 1 });
      assert.equal((await real.get()).status, 200, name);
      assert.ok(
        real.log.some(({ event }) => event === 'local-key-not-written' || event === 'local-socket-failed'),
        `${name}: ${JSON.stringify(real.log)}`,
      );
      await real.stop({ keepData: true });
    } finally {
      execFileSync('umount', [data]);
      rmSync(data, { recursive: true, force: true });
    }
  }
});
