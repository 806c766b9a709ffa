import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  entriesOf,
  filled,
  listOf,
  oneAction,
  oneOf,
  recordOf,
  required,
  text,
  trueOrFalse,
  wholeNumber,
} from './make.ts';
import { type Said, settle } from './said.ts';

const shape = recordOf(
  {
    name: required(text({})),
    isOn: filled(trueOrFalse({ default: false })),
    ports: listOf(wholeNumber({ min: 1, max: 9 }), { each: 'port', min: 0, max: 3 }),
    mode: oneOf(['a', 'b'], { default: 'a' }),
    count: wholeNumber({ min: 0, max: 9, default: 3 }),
    lines: entriesOf(
      { name: required(text({})), value: required(text({})) },
      { each: 'line', under: 'name', value: 'value', max: 2 },
    ),
    then: oneAction(
      { pass: recordOf({}, {}), wait: recordOf({ forMs: required(wholeNumber({ min: 1, max: 9 })) }, {}) },
      {},
    ),
  },
  {},
);

interface Expected {
  readonly name: string;
  readonly isOn: boolean;
  readonly ports?: readonly number[];
  readonly mode?: 'a' | 'b';
  readonly count?: number;
  readonly lines?: readonly { readonly name: string; readonly value: string }[];
  readonly then?: { readonly action: 'pass' } | { readonly action: 'wait'; readonly forMs: number };
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = { readonly [K in keyof T]: T[K] };

test('the type of a shape is what the bundle carries', () => {
  // The compiler is the test: another type is no `true`.
  const isSame: Same<Plain<Said<typeof shape>>, Plain<Expected>> = true;
  assert.ok(isSame);
});

test('settling gives exactly the keys that have a default: said, or that default', () => {
  const settled = settle(shape.keys, { count: 0, name: 'x', isOn: undefined });
  const { isOn, mode, count }: { isOn: boolean; mode: 'a' | 'b'; count: number } = settled;
  assert.deepEqual(settled, { isOn: false, mode: 'a', count: 0 });
  assert.deepEqual([isOn, mode, count], [false, 'a', 0]);
});
