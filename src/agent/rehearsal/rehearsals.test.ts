import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payload } from '../../../test/resilience/smallBundles.ts';
import { fileOf } from '../../bundles/index.ts';
import { bundleKinds, isRehearsedKind, type RehearsedKind, rowOf } from '../../contract/bundleKind.ts';
import type { KindFiles } from '../../contract/kinds/kindRows.ts';
import { type RehearsalParts, rehearsals } from './rehearsals.ts';

function rehearse<Kind extends RehearsedKind>(kind: Kind, old: RehearsalParts['old']): void {
  const next = fileOf(kind, Buffer.from(JSON.stringify(payload(kind, 2)))) as KindFiles[Kind];
  const parts = { old, real: [], adversarial: [], acceptShift: false, nowMs: () => 0 };
  assert.deepEqual(rehearsals[kind](next, parts), []);
}

test('what a row rehearses its kind beside is asked: nothing is read and sent in vain', () => {
  for (const kind of bundleKinds.filter(isRehearsedKind)) {
    const asked = new Set<string>();
    const old = new Proxy({}, { get: (_, key) => void asked.add(String(key)) });
    rehearse(kind, old);
    const beside = rowOf(kind).rehearsal?.beside ?? [];
    assert.deepEqual(
      beside.filter((each) => !asked.has(each)),
      [],
      kind,
    );
  }
});
