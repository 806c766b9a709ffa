import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { stated } from './stated.ts';

interface Shape {
  readonly name: string;
  readonly list: readonly { readonly kind: 'a' | 'b' }[];
  readonly perhaps?: number;
}

const list = z.array(z.object({ kind: z.enum(['a', 'b']) }));

/* What is proved here is proved by the compiler: each expectation of an error fails `npm run check` when there is none. */
test('a schema of the stated shape is taken, and every way to drift from it does not compile', () => {
  const name = z.string();
  const perhaps = z.number().exactOptional();
  const schema = stated<Shape>()(z.object({ name: z.string().max(3), list: list.max(1), perhaps }));
  const read: Shape = schema.parse({ name: 'a', list: [{ kind: 'b' }], more: 'is let go' });
  assert.deepEqual(read, { name: 'a', list: [{ kind: 'b' }] });
  // @ts-expect-error a field less, though it is optional
  stated<Shape>()(z.object({ name, list }));
  // @ts-expect-error a field more
  stated<Shape>()(z.object({ name, list, perhaps, more: name.exactOptional() }));
  // @ts-expect-error a field that the contract does not promise to be there
  stated<Shape>()(z.object({ name, list, perhaps: z.number() }));
  // @ts-expect-error undefined is another value than none
  stated<Shape>()(z.object({ name, list, perhaps: z.number().optional() }));
  // @ts-expect-error another type
  stated<Shape>()(z.object({ name: z.number(), list, perhaps }));
  // @ts-expect-error a word less, deep inside
  stated<Shape>()(z.object({ name, list: z.array(z.object({ kind: z.literal('a') })), perhaps }));
  // @ts-expect-error any word, deep inside
  stated<Shape>()(z.object({ name, list: z.array(z.object({ kind: z.string() })), perhaps }));
});
