import assert from 'node:assert/strict';
import { it } from 'node:test';
import { contenders } from './contenders/all.ts';
import { readSettings } from './settings.ts';

const read = (...args: string[]) => readSettings(args, contenders);

it('without arguments everything is measured, five rounds of five seconds', () => {
  const { cases, rounds, seconds, contenders: all } = read();
  assert.equal(cases.length, 10);
  assert.equal(all.length, contenders.length);
  assert.deepEqual([rounds, seconds], [5, 5]);
});

it('cases and contenders are chosen by name, in the order of the table', () => {
  const settings = read('--case', 'h2,proxied-130', '--only', 'nginx,holdfast', '--rounds', '1');
  assert.deepEqual(
    settings.cases.map(({ name }) => name),
    ['proxied-130', 'h2'],
  );
  assert.deepEqual(
    settings.contenders.map(({ name }) => name),
    ['holdfast', 'nginx'],
  );
  assert.equal(settings.rounds, 1);
});

it('a slip is refused with what there is', () => {
  assert.throws(() => read('--case', 'proxied-13'), /proxied-13: there is no such name; there are proxied-130/);
  assert.throws(() => read('--only', 'apache'), /apache: there is no such name/);
  assert.throws(() => read('--rounds', '0'), /whole number from 1/);
  assert.throws(() => read('--seconds', '1.5'), /whole number/);
});
