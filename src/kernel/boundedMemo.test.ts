import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMemo, memoLimits } from './boundedMemo.ts';

function counted(entriesMax: number) {
  const computed: string[] = [];
  const memo = new BoundedMemo((text: string) => {
    computed.push(text);
    return { text };
  }, entriesMax);
  return { memo, computed };
}

test('a text is computed once while it is in use', () => {
  const { memo, computed } = counted(4);
  for (let index = 0; index < 100; index += 1) {
    memo.get('used');
    memo.get(`once ${index}`);
  }
  assert.equal(computed.filter((text) => text === 'used').length, 1);
  assert.equal(memo.get('used'), memo.get('used'));
});

test('a hundred thousand texts keep to the bound', () => {
  const { memo } = counted(100);
  for (let index = 0; index < 100_000; index += 1) memo.get(`text ${index}`);
  assert.ok(memo.size <= 200);
});

test('a long text is computed and not kept', () => {
  const { memo } = counted(4);
  const long = 'x'.repeat(memoLimits.keyCharsMax + 1);
  assert.equal(memo.get(long).text, long);
  assert.equal(memo.size, 0);
});
