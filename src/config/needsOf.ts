import type { Keys } from '../shape/index.ts';

/** The keys of a record as `Decoder.mapping` takes them. A person may leave out what the bundle carries filled. */
export function needsOf<K extends Keys>(keys: K): Record<keyof K & string, 'required' | 'optional'> {
  const needs = Object.entries(keys).map(([name, { need }]) => [name, need === 'required' ? 'required' : 'optional']);
  return Object.fromEntries(needs) as Record<keyof K & string, 'required' | 'optional'>;
}
