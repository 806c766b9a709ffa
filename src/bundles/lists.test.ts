import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsOf } from '../../test/support/lists.ts';
import type { ListsFile } from '../contract/kinds/listsFile.ts';
import { encodeLists } from '../lists/index.ts';
import { validatePayload } from './validate.ts';

function refusals(file: ListsFile, last?: ListsFile): readonly string[] {
  const read = validatePayload('lists', encodeLists(file), { lists: last });
  return read.ok ? [] : read.error.map(({ reason, message }) => `${reason}: ${message}`);
}

const both = listsOf([
  ['192.0.2.0/24', 'office'],
  ['198.51.100.0/24', 'vpn'],
]);

test('a list of one network that is there and empty now is refused; one that is left out goes', () => {
  const without = listsOf([['198.51.100.0/24', 'vpn']]);
  const steps = without.members.ipv4.lists.map((bits) => bits << 1);
  const members = { ...without.members, ipv4: { ...without.members.ipv4, lists: steps } };
  const emptied: ListsFile = { ...without, names: ['office', 'vpn'], members };
  assert.deepEqual(refusals(emptied), [], 'nothing was there before');
  assert.deepEqual(refusals(emptied, emptied), [], 'nothing was in it before');
  assert.match(refusals(emptied, both).join(), /^lists-shrunk: .*office.* is empty.*leave its name out/);
  assert.deepEqual(refusals(without, both), []);
});

for (const [network, isWide] of [
  ['::/0', true],
  ['2000::/3', true],
  ['2000::/4', true],
  ['2000::/5', false],
  ['3800::/5', false],
  ['fc00::/7', false],
  ['0.0.0.0/1', true],
  ['0.0.0.0/2', false],
] as const) {
  test(`a list of ${network} is ${isWide ? 'refused' : 'taken'}`, () => {
    const found = refusals(listsOf([[network, 'vpn']]));
    assert.equal(found.length, isWide ? 1 : 0, found.join());
    if (isWide) assert.match(found[0]!, /^list-too-wide: The list vpn holds (100|50) % of all IPv[46]/);
  });
}

test('base64 is its own letters alone: a letter whose last octet is one of them is none', () => {
  const payload = Buffer.from(encodeLists(both)).toString();
  const damaged = payload.replace(
    /"asns":"(.)/,
    (_, letter: string) => `"asns":"${String.fromCharCode(letter.charCodeAt(0) + 256)}`,
  );
  assert.notEqual(damaged, payload);
  const read = validatePayload('lists', Buffer.from(damaged), {});
  assert.ok(!read.ok);
  assert.equal(read.error[0]?.reason, 'schema-invalid');
});
