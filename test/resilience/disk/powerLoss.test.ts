import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BundleKind, bundleKinds } from '../../../src/contract/bundleKind.ts';
import type { Disk } from '../../../src/kernel/disk.ts';
import { LastGoodStore } from '../../../src/lastgood/index.ts';
import { bundle, contentVersions, makeKeys, trustOf } from '../smallBundles.ts';
import { onDisk, PowerLossDisk, type Survival } from './powerLossDisk.ts';

const keys = makeKeys();
const seeds = process.env.HOLDFAST_TEST_WHOLE === '1' ? 40 : 2;
const survivals: readonly Survival[] = [
  'nothing',
  'everything',
  ...Array.from({ length: seeds }, (_, seed) => ({ seed })),
];

function open(disk: Disk): LastGoodStore {
  const trust = () => ({ central: trustOf(keys), local: [] });
  return new LastGoodStore({ folder: onDisk('edge', 'bundles'), disk, trust, shipped: {} });
}

interface Known {
  /** Versions whose confirmation came back without findings: they may never be lost. */
  readonly confirmed: Partial<Record<BundleKind, number>>;
  /** Versions whose quarantine did: they may never run. */
  readonly quarantined: Partial<Record<BundleKind, number>>;
}

/** Two good versions of every kind and a third that goes into quarantine, the last of them half way. */
function goTheWay(disk: Disk): Known {
  const store = open(disk);
  const confirmed: Partial<Record<BundleKind, number>> = {};
  const quarantined: Partial<Record<BundleKind, number>> = {};
  for (const version of [1, 2, 3]) {
    for (const kind of bundleKinds) {
      if (!store.storeBundle(kind, version, bundle(keys, kind, version)).ok) continue;
      if (store.propose(kind, version).length > 0) continue;
      const running = store.currentSet().set.versions;
      if (version < 3) {
        if (store.confirm(kind, version, running).length === 0) confirmed[kind] = version;
      } else if (store.quarantine(kind, version).length === 0) quarantined[kind] = version;
    }
  }
  return { confirmed, quarantined };
}

const whole = new PowerLossDisk();
goTheWay(whole);

test(`power loss before each of ${whole.operations} disk operations: a whole set runs, nothing confirmed is lost`, () => {
  for (let at = 0; at < whole.operations; at++) {
    const disk = new PowerLossDisk(at);
    const known = goTheWay(disk);
    for (const survival of survivals)
      check(disk.reboot(survival), known, `operation ${at}, ${JSON.stringify(survival)}`);
  }
});

function check(disk: PowerLossDisk, { confirmed, quarantined }: Known, where: string): void {
  const { set } = open(disk).currentSet();
  assert.deepEqual(contentVersions(set), set.versions, `${where}: content and number belong together`);
  for (const kind of bundleKinds) {
    const version = set.versions[kind] ?? 0;
    assert.ok(version >= (confirmed[kind] ?? 0), `${where}: ${kind} ${confirmed[kind]} was confirmed, ${version} runs`);
    assert.ok(version < 3, `${where}: ${kind} 3 was never confirmed and runs`);
    if (quarantined[kind] === undefined) continue;
    const refused = open(disk).state().state.quarantined[kind] ?? [];
    assert.ok(refused.includes(3), `${where}: ${kind} 3 was in quarantine and is free again`);
  }
}

test('the disk double loses what was not synced', () => {
  const disk = new PowerLossDisk();
  disk.makeFolder('/a');
  disk.syncFolder('/');
  disk.write('/a/file', Buffer.from('bytes'));
  assert.equal(disk.reboot('nothing').exists('/a/file'), false);
  disk.syncFolder('/a');
  assert.equal(disk.reboot('nothing').read('/a/file', 9).length, 0);
  disk.sync('/a/file');
  assert.equal(Buffer.from(disk.reboot('nothing').read('/a/file', 9)).toString(), 'bytes');
  disk.rename('/a/file', '/a/other');
  assert.equal(disk.reboot('nothing').exists('/a/other'), false);
  assert.equal(disk.reboot('nothing').exists('/a/file'), true);
});
