import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { bundleKinds, rowOf } from '../contract/bundleKind.ts';
import { kindRows } from '../contract/kinds/kindRows.ts';
import { controlLimits } from './limits.ts';
import { ControlStore, StoreUnavailable } from './store.ts';

const audit = { atMs: 1, who: 'token-00000000', action: 'publish', detail: 'test' };

function withStore(pagesMax: number | undefined, use: (store: ControlStore, path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  const path = join(folder, 'control.db');
  const store = new ControlStore(path, pagesMax);
  try {
    use(store, path);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundle(version: number, bytes: number) {
  return { kind: 'model', version, madeAtMs: 1, sha256: '00', note: '', bytes: new Uint8Array(bytes) } as const;
}

test('a full store takes nothing more and loses nothing', () => {
  withStore(100, (store) => {
    store.addBundle(bundle(1, 1_000), audit);
    assert.throws(() => store.addBundle(bundle(2, 1 << 20), audit), StoreUnavailable);
    assert.equal(store.kindState('model').latest, 1);
    assert.equal(store.audit().length, 1, 'the audit row went back with its bundle');
    store.addBundle(bundle(2, 1_000), audit);
    assert.equal(store.kindState('model').latest, 2);
  });
});

test('a bundle that cannot be added leaves nothing half done', () => {
  withStore(undefined, (store) => {
    store.addBundle(bundle(1, 10), audit);
    assert.throws(() => store.addBundle(bundle(1, 20), audit), StoreUnavailable);
    assert.equal(store.audit().length, 1);
    store.addBundle(bundle(2, 10), audit);
    assert.equal(store.bundle('model', 1)?.length, 10);
  });
});

test('a second control on the same file is turned away, and the first goes on', () => {
  withStore(undefined, (store, path) => {
    store.addBundle(bundle(1, 10), audit);
    const second = new ControlStore(path);
    assert.throws(() => second.kindState('model'), StoreUnavailable);
    second.close();
    store.addBundle(bundle(2, 10), audit);
  });
});

test('old versions, refusals and edges are let go, newest kept', () => {
  withStore(undefined, (store) => {
    for (let version = 1; version <= kindRows.model.versionsKept + 5; version++)
      store.addBundle(bundle(version, 10), audit);
    assert.equal(store.history('model').length, kindRows.model.versionsKept);
    assert.equal(store.bundle('model', 5), undefined);
    assert.ok(store.bundle('model', 6));
    for (let version = 1; version <= kindRows.lists.versionsKept + 1; version++)
      store.addBundle({ ...bundle(version, 10), kind: 'lists' }, audit);
    assert.equal(store.history('lists').length, kindRows.lists.versionsKept, 'they are large');
    assert.equal(store.bundle('lists', 1), undefined);
    for (let atMs = 0; atMs < controlLimits.refusalsKept + 5; atMs++) {
      store.addRefusal('model', { version: 1, where: 'e', atMs, findings: [] });
    }
    assert.equal(store.refusals('model').length, controlLimits.refusalsShown);
    assert.equal(store.refusals('model')[0]?.atMs, controlLimits.refusalsKept + 4);
  });
});

test('frozen, highest seen and latest are remembered apart', () => {
  withStore(undefined, (store) => {
    store.noteVersionSeen('features', 9);
    store.noteVersionSeen('features', 7);
    store.setFrozen(['features'], true, audit);
    assert.deepEqual(store.kindState('features'), { latest: 0, frozen: true, frozenAt: 0, highestSeen: 9 });
    store.setFrozen(['features'], false, audit);
    assert.equal(store.kindState('features').frozen, false);
  });
});

test('the version that a freeze found stays, whatever is rolled back to and frozen again, until it is open', () => {
  withStore(undefined, (store) => {
    const state = () => [store.kindState('model').frozen, store.kindState('model').frozenAt];
    store.addBundle(bundle(3, 10), audit);
    store.setFrozen(['model'], true, audit);
    store.addBundle(bundle(4, 10), audit);
    store.setFrozen(['model'], true, audit);
    assert.deepEqual(state(), [true, 3]);
    store.setFrozen(['model'], false, audit);
    assert.deepEqual(state(), [false, 0]);
  });
});

test('a file of the software before is taken over with what is in it', () => {
  withStore(undefined, (store, path) => {
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE bundles (kind TEXT, version INTEGER, made_at_ms INTEGER, sha256 TEXT, note TEXT, bytes BLOB, PRIMARY KEY (kind, version)) STRICT;
      CREATE TABLE kinds (kind TEXT PRIMARY KEY, frozen INTEGER NOT NULL DEFAULT 0, highest_seen INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE TABLE refusals (id INTEGER PRIMARY KEY, kind TEXT, version INTEGER, place TEXT, at_ms INTEGER, findings TEXT) STRICT;
      CREATE TABLE audit (id INTEGER PRIMARY KEY, at_ms INTEGER, who TEXT, action TEXT, detail TEXT) STRICT;
      INSERT INTO kinds VALUES ('features', 1, 12);
      PRAGMA user_version = 1;`);
    old.close();
    assert.deepEqual(store.kindState('features'), { latest: 0, frozen: true, frozenAt: 0, highestSeen: 12 });
    store.setFrozen(['features'], false, audit);
  });
});

test('all kept versions of all kinds at their largest fill less than half of the file', () => {
  const bytes = bundleKinds.reduce((sum, kind) => sum + rowOf(kind).versionsKept * rowOf(kind).payloadBytesMax, 0);
  assert.ok(bytes < (controlLimits.storePagesMax * 4_096) / 2, `${bytes >> 20} MiB`);
});
