import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsOf } from '../../test/support/lists.ts';
import { block, head, rule, scored, site } from '../../test/support/ruleSamples.ts';
import { AddressLists } from '../lists/index.ts';
import { compileRules } from './compileRules.ts';

const visitor = '203.0.113.9';

function outcome(when: string, list: string): readonly [action: string, unknowns: number] {
  const compiled = compileRules(site(rule(when, block)));
  assert.ok(compiled.ok);
  const lists = new AddressLists(listsOf([['192.0.2.0/24', list]]));
  const { action, unknowns } = compiled.value.decide(
    head({ clientAddress: visitor }),
    scored(99),
    undefined,
    lists.of(visitor),
  );
  return [action, unknowns];
}

test('a rule on a list blocks who is outside it while the list is there, and nobody once it is gone', () => {
  assert.deepEqual(outcome('!("office" in ip.lists)', 'office'), ['block', 0]);
  assert.deepEqual(outcome('!("office" in ip.lists)', 'vpn'), ['pass', 1]);
  assert.deepEqual(outcome('!("office" in ip.lists) || true', 'vpn'), ['block', 0]);
  assert.deepEqual(outcome('!ip.hosting', 'vpn'), ['pass', 1], 'as the known lists do');
  assert.deepEqual(outcome('!(request.host in ip.lists)', 'vpn'), ['block', 0], 'a name that is not written out');
});
