import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trust } from '../../contract/trust.ts';
import { readEnvelope } from './envelope.ts';
import { signBundle } from './sign.ts';
import { generateSigningKey, loadSigningKey, storeSigningKey, trustedKeyOf } from './signingKey.ts';
import { decodeTrust, encodeTrust, mergeTrust } from './trust.ts';
import { type Expectation, verifyBundle } from './verify.ts';

const key = generateSigningKey('features');
const trust: Trust = { schema: 1, keys: [trustedKeyOf(key)] };
const payload = Buffer.from('{"schema":1}');
const unsigned = { kind: 'features', version: 7, madeAtMs: 1_700_000_000_000, payload } as const;
const good = signBundle(unsigned, key);
const expected: Expectation = { kind: 'features', trust, versionAfter: 6 };

function reasons(bytes: Uint8Array, expectation: Partial<Expectation> = {}): string[] {
  const result = verifyBundle(bytes, { ...expected, ...expectation });
  return result.ok ? [] : result.error.map((finding) => finding.reason);
}

/** Rewrites the header's text and leaves the payload. */
function reheaded(change: (line: string) => string): Uint8Array {
  const end = Buffer.from(good).indexOf(0x0a);
  return Buffer.concat([
    Buffer.from(change(Buffer.from(good).toString('latin1', 0, end))),
    Buffer.from(good).subarray(end),
  ]);
}

test('what was signed comes out as it went in', () => {
  const result = verifyBundle(good, expected);
  assert.ok(result.ok);
  assert.deepEqual(
    { ...result.value, payload: Buffer.from(result.value.payload) },
    {
      ...unsigned,
      payload,
      sha256: result.value.sha256,
      acceptShift: false,
    },
  );
});

test('each way of being wrong has its own reason', () => {
  const other = generateSigningKey('features');
  const model = generateSigningKey('model');
  const truncated = good.subarray(0, good.length - 1);
  const swapped = Buffer.from(good);
  swapped[swapped.length - 1] = 0x20;
  assert.deepEqual(reasons(good), []);
  assert.deepEqual(reasons(Buffer.alloc(0)), ['envelope-malformed']);
  assert.deepEqual(reasons(Buffer.alloc(10_000, 0x61)), ['envelope-malformed']);
  assert.deepEqual(reasons(Buffer.alloc((1 << 20) + 4_098)), ['payload-too-large']);
  assert.deepEqual(reasons(good, { kind: 'model' }), ['envelope-kind-mismatch', 'key-unknown']);
  assert.deepEqual(reasons(signBundle(unsigned, other)), ['key-unknown']);
  assert.deepEqual(reasons(signBundle({ ...unsigned, kind: 'model' }, model), { kind: 'model' }), ['key-unknown']);
  assert.deepEqual(reasons(good, { trust: { schema: 1, keys: [{ ...trustedKeyOf(key), revoked: true }] } }), [
    'key-revoked',
  ]);
  assert.deepEqual(reasons(truncated), ['length-mismatch']);
  assert.deepEqual(reasons(swapped), ['digest-mismatch']);
  assert.deepEqual(reasons(good, { versionAfter: 7 }), ['version-not-higher']);
  assert.deepEqual(reasons(good, { quarantined: [7] }), ['version-quarantined']);
  assert.deepEqual(reasons(swapped, { versionAfter: 9, quarantined: [7] }), [
    'digest-mismatch',
    'version-not-higher',
    'version-quarantined',
  ]);
});

test('every field of the header is signed', () => {
  const changes: [string, string][] = [
    ['"version":7', '"version":8'],
    ['"madeAtMs":1700000000000', '"madeAtMs":1700000000001'],
    ['"acceptShift":false', '"acceptShift":true'],
    ['"payloadBytes":12', '"payloadBytes":13'],
  ];
  for (const [from, to] of changes) {
    assert.ok(reasons(reheaded((line) => line.replace(from, to))).includes('signature-invalid'), to);
  }
  assert.deepEqual(reasons(reheaded((line) => line.replace(/"sha256":"./, '"sha256":"g'))), ['envelope-malformed']);
});

test('a header has one spelling', () => {
  const spellings: ((line: string) => string)[] = [
    (line) => line.replace('"version":7', '"version":7.0'),
    (line) => line.replace('"version":7', '"version": 7'),
    (line) => line.replace('"version":7', '"version":6,"version":7'),
    (line) => line.replace('"version":7,', '"version":7,"extra":1,'),
    (line) => line.replace('"kind":"features"', '"kind":"fe\\u0061tures"'),
    (line) => line.replace('{"holdfast":1', '{"__proto__":{},"holdfast":1'),
    (line) => line.replace('"holdfast":1', '"holdfast":2'),
    (line) => line.replace('"version":7', '"version":1e999'),
    (line) => `${line}\r`,
    (line) => ` ${line}`,
  ];
  for (const change of spellings) assert.deepEqual(reasons(reheaded(change)), ['envelope-malformed'], change('…'));
});

test('a key survives its way to disk and back, and a wrong id does not', () => {
  const stored = storeSigningKey(key);
  assert.deepEqual(reasons(signBundle(unsigned, loadSigningKey(stored))), []);
  assert.throws(() => loadSigningKey({ ...stored, id: '0123456789abcdef' }), /does not match its own id/);
});

test('trust only grows, and revoked stays revoked', () => {
  const revoked = { ...trustedKeyOf(key), revoked: true };
  const added = trustedKeyOf(generateSigningKey('model'));
  const merged = mergeTrust({ schema: 1, keys: [revoked] }, [trustedKeyOf(key), added]);
  assert.deepEqual(merged.keys, [revoked, added]);
  assert.deepEqual(decodeTrust(encodeTrust(merged)), { ok: true, value: merged });
  assert.equal(decodeTrust(Buffer.from('{"schema":1,"keys":[{}]}')).ok, false);
});

test('reading an envelope trusts nobody and looks at no content', () => {
  assert.ok(readEnvelope(good, 'features').ok);
  assert.ok(!readEnvelope(good.subarray(0, good.length - 1), 'features').ok);
});
