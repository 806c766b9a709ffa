import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { generateSigningKey, signBundle, trustedKeyOf } from '../bundles/index.ts';
import type { BundleKind } from '../contract/bundleKind.ts';
import type { TrustedKey } from '../contract/trust.ts';
import { systemDisk } from '../kernel/disk.ts';
import { LastGoodStore, type ReadTrust } from './index.ts';

const key = { switches: generateSigningKey('switches'), sites: generateSigningKey('sites') };
const keys: readonly TrustedKey[] = Object.values(key).map(trustedKeyOf);
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lastgood-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(central: ReadTrust['central'] = { schema: 1, keys }): LastGoodStore {
  return new LastGoodStore({ folder, disk: systemDisk, trust: () => ({ central, local: [] }), shipped: {} });
}

function switches(version: number, killed: readonly string[] = []): Uint8Array {
  const payload = Buffer.from(JSON.stringify({ schema: 1, killed }));
  return signBundle({ kind: 'switches', version, madeAtMs: 0, payload }, key.switches);
}

function sites(version: number): Uint8Array {
  const site = { name: 'default', hosts: ['*'], origin: 'http://127.0.0.1:9', rules: [] };
  const payload = Buffer.from(JSON.stringify({ schema: 1, sites: [site] }));
  return signBundle({ kind: 'sites', version, madeAtMs: 0, payload }, key.sites);
}

function bringIntoForce(store: LastGoodStore, kind: BundleKind, version: number, bytes: Uint8Array): void {
  assert.equal(store.storeBundle(kind, version, bytes).ok, true);
  assert.deepEqual(store.propose(kind, version), []);
  assert.deepEqual(store.confirm(kind, version, store.currentSet().set.versions), []);
}

test('an empty folder serves nothing and says that it lacks sites', () => {
  const { set, missing } = open().currentSet();
  assert.deepEqual(set, { versions: {} });
  assert.deepEqual(
    missing.map((finding) => finding.reason),
    ['bundle-missing'],
  );
});

test('what was confirmed is there after a restart', () => {
  bringIntoForce(open(), 'switches', 3, switches(3, ['bots']));
  const { set } = open().currentSet();
  assert.deepEqual(set.versions, { switches: 3 });
  assert.deepEqual(set.switches?.killed, ['bots']);
});

test('a candidate is read when asked for and does not run after a restart', () => {
  const store = open();
  bringIntoForce(store, 'switches', 1, switches(1));
  store.storeBundle('switches', 2, switches(2, ['rules']));
  store.propose('switches', 2);
  const read = open().readSet({ switches: 2 });
  assert.equal(read.ok && read.value.switches?.killed[0], 'rules');
  assert.deepEqual(open().currentSet().set.versions, { switches: 1 });
  assert.deepEqual(open().state().state.candidate, { kind: 'switches', version: 2, attempts: 1 });
});

test('a damaged bundle is given up for the one before, with its reason', () => {
  const store = open();
  bringIntoForce(store, 'switches', 1, switches(1));
  bringIntoForce(store, 'switches', 2, switches(2));
  const path = join(folder, 'switches', '2.bundle');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 0;
  writeFileSync(path, bytes);
  const { set, missing } = open().currentSet();
  assert.deepEqual(set.versions, { switches: 1 });
  assert.ok(missing.some((finding) => finding.reason === 'digest-mismatch'));
});

test('with both copies of the state lost, the names of the bundles say what ran and what never may', () => {
  const store = open();
  bringIntoForce(store, 'switches', 1, switches(1));
  bringIntoForce(store, 'switches', 2, switches(2));
  store.storeBundle('switches', 3, switches(3));
  store.propose('switches', 3);
  store.quarantine('switches', 3);
  for (const name of ['state.json', 'state.previous.json']) writeFileSync(join(folder, name), 'torn');
  const after = open();
  assert.deepEqual(after.currentSet().set.versions, { switches: 2 });
  assert.equal(after.versionAfter('switches', { switches: 2 }), 3);
  assert.deepEqual(after.state().state.quarantined.switches, [3]);
  assert.equal(after.state().findings[0]?.reason, 'state-unreadable');
});

test('quarantining the current version goes back to the one before', () => {
  const store = open();
  bringIntoForce(store, 'switches', 1, switches(1));
  bringIntoForce(store, 'switches', 2, switches(2));
  store.quarantine('switches', 2);
  assert.deepEqual(open().currentSet().set.versions, { switches: 1 });
  assert.equal(open().readSet({ switches: 2 }).ok, false);
});

test('a worker may start one rung below the current set', () => {
  const store = open();
  bringIntoForce(store, 'sites', 1, sites(1));
  assert.deepEqual(open().currentSet('previous').set.versions, { sites: 1 }, 'with nothing below, there it stays');
  bringIntoForce(store, 'sites', 2, sites(2));
  bringIntoForce(store, 'switches', 1, switches(1));
  bringIntoForce(store, 'switches', 2, switches(2));
  assert.deepEqual(open().currentSet('previous').set.versions, { sites: 1, switches: 2 });
});

test('lost trust.json: the keys trusted last still count', () => {
  bringIntoForce(open(), 'switches', 1, switches(1));
  const store = new LastGoodStore({
    folder,
    disk: systemDisk,
    trust: () => ({ central: undefined, local: [] }),
    shipped: {},
  });
  assert.deepEqual(store.currentSet().set.versions, { switches: 1 });
});

test('a bundle signed for another kind is refused even where it lies on this disk', () => {
  const store = open();
  bringIntoForce(store, 'switches', 1, switches(1));
  writeFileSync(
    join(folder, 'switches', '1.bundle'),
    signBundle({ kind: 'sites', version: 1, madeAtMs: 0, payload: Buffer.from('{}') }, key.sites),
  );
  const { set, missing } = open().currentSet();
  assert.deepEqual(set.versions, {});
  assert.ok(missing.some((finding) => finding.reason === 'envelope-kind-mismatch'));
});

test('old bundles are pruned, those in use never', () => {
  const store = open();
  for (let version = 1; version <= 20; version++) bringIntoForce(store, 'switches', version, switches(version));
  const names = systemDisk.list(join(folder, 'switches'));
  assert.equal(names.length, 10);
  assert.deepEqual(open().currentSet().set.versions, { switches: 20 });
});

test('what the disk refuses goes to memory, is found by others, and moves down when nothing takes it', () => {
  const refusing = {
    ...systemDisk,
    write(path: string, bytes: Uint8Array) {
      if (path.includes('/on-disk/')) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      systemDisk.write(path, bytes);
    },
  };
  const options = (spillFolder: string | null) => ({
    folder: join(folder, 'on-disk'),
    spillFolder,
    disk: refusing,
    trust: () => ({ central: { schema: 1 as const, keys }, local: [] }),
    shipped: {},
  });
  const spill = join(folder, 'memory');
  bringIntoForce(new LastGoodStore(options(spill)), 'switches', 1, switches(1));
  assert.deepEqual(new LastGoodStore(options(spill)).currentSet().set.versions, { switches: 1 });
  const stored = new LastGoodStore(options(null)).storeBundle('switches', 2, switches(2));
  assert.equal(!stored.ok && stored.error[0]?.reason, 'disk-write-failed');
});
