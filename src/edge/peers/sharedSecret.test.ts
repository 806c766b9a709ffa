import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sharedSecret } from './sharedSecret.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-secret-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('all workers of a folder have one secret, which nobody else can read', () => {
  const folder = join(root, 'a', 'peers');
  const first = sharedSecret(folder);
  assert.deepEqual(sharedSecret(folder), first);
  assert.notDeepEqual(sharedSecret(join(root, 'b')), first);
  assert.deepEqual(readdirSync(folder), ['secret']);
  assert.equal(statSync(join(folder, 'secret')).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test('without a folder, or in one that others write to, a worker has a secret of its own', () => {
  assert.notDeepEqual(sharedSecret(undefined), sharedSecret(undefined));
  const open = join(root, 'open');
  const before = sharedSecret(open);
  chmodSync(open, 0o777);
  assert.notDeepEqual(sharedSecret(open), before);
  assert.notDeepEqual(sharedSecret(join(open, 'secret', 'below', 'a', 'file')), before);
});

test('a secret that was cut short is made anew, once', () => {
  const folder = join(root, 'cut');
  const before = sharedSecret(folder);
  truncateSync(join(folder, 'secret'), 3);
  const anew = sharedSecret(folder);
  assert.notDeepEqual(anew, before);
  assert.deepEqual(sharedSecret(folder), anew);
  assert.equal(statSync(join(folder, 'secret')).size, 8);
});
