import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payload } from '../../test/resilience/smallBundles.ts';
import { type BundleKind, bundleKinds, type Companions, type FilesByKind, rowOf } from '../contract/bundleKind.ts';
import { companionsOf, fileOf, filesOf } from './companions.ts';
import { validatePayload } from './validate.ts';

/** A good file of every kind, as bytes. */
function bytesOf(kind: BundleKind): Uint8Array {
  return Buffer.from(JSON.stringify(payload(kind, 3)));
}

/** Good files of all kinds; notes which were asked for. */
function watched(asked: Set<string>): FilesByKind {
  return new Proxy(filesOf(bundleKinds, bytesOf), {
    get: (files, key) => {
      asked.add(String(key));
      return Reflect.get(files, key);
    },
  });
}

test('a validator asks the companions that its row names and no other: nobody would bring them', () => {
  for (const kind of bundleKinds) {
    const inForce = new Set<string>();
    const shipped = new Set<string>();
    const companions: Companions = Object.defineProperty(watched(inForce), 'shipped', { value: watched(shipped) });
    assert.ok(validatePayload(kind, bytesOf(kind), companions).ok, kind);
    inForce.delete('shipped');
    const { companions: named, shippedCompanions } = rowOf(kind);
    assert.deepEqual([inForce, shipped], [new Set(named), new Set(shippedCompanions)], kind);
  }
});

test('companions are read as the row names them, and what cannot be read is absent', () => {
  const read: string[] = [];
  const note = (kind: BundleKind) => {
    read.push(kind);
    return kind === 'model' ? Buffer.from('{') : bytesOf(kind);
  };
  const companions = companionsOf('features', note, bytesOf);
  assert.deepEqual(read, ['features', 'model']);
  const features = fileOf('features', bytesOf('features'));
  assert.ok(features !== undefined);
  assert.deepEqual(companions, { features, model: undefined, shipped: { features } });
  assert.deepEqual(
    filesOf(['signals'], () => undefined),
    { signals: undefined },
  );
});
