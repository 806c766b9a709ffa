import type { Said, SaidKeys } from './said.ts';
import type {
  Action,
  Actions,
  Either,
  Entries,
  Expression,
  Keys,
  List,
  OneOf,
  RecordShape,
  Shape,
  Text,
  TrueOrFalse,
  WholeNumber,
} from './shape.ts';

/*
 * Makers of shapes. Each keeps the exact type of what it is given, because the types of the settings are derived from it
 * (`said.ts`).
 */

export function wholeNumber<const O extends Omit<WholeNumber, 'kind'>>(options: O) {
  return { kind: 'wholeNumber', ...options } as const;
}

export function trueOrFalse<const O extends Omit<TrueOrFalse, 'kind'>>(options: O) {
  return { kind: 'trueOrFalse', ...options } as const;
}

export function text<const O extends Omit<Text, 'kind'>>(options: O) {
  return { kind: 'text', ...options } as const;
}

export function expression<const O extends Omit<Expression, 'kind'>>(options: O) {
  return { kind: 'expression', ...options } as const;
}

export function oneOf<const W extends readonly (string | number)[], const O extends Omit<OneOf, 'kind' | 'words'>>(
  words: W,
  options: O,
) {
  return { kind: 'oneOf', words, ...options } as const;
}

export function either<
  T extends Text,
  O extends List | RecordShape,
  const P extends Omit<Either, 'kind' | 'text' | 'other'>,
>(text: T, other: O, options: P) {
  return { kind: 'either', text, other, ...options } as const;
}

/** What a list's items are asked together. */
type ListCheck<I> = (items: readonly Said<I>[]) => { readonly index: number; readonly fault: string } | undefined;

export function listOf<I extends Shape, const O extends Omit<List, 'kind' | 'item' | 'check'>>(
  item: I,
  options: O,
  check?: ListCheck<I>,
) {
  return { kind: 'list', item, ...options, ...(check && { check }) } as const;
}

/** What a record's keys are asked together. */
interface RecordChecks<K extends Keys> {
  checkKeys?(
    has: (key: keyof K & string) => boolean,
  ): { readonly fault: string; readonly at?: keyof K & string } | undefined;
  check?(record: SaidKeys<K>): string | undefined;
  checkHere?(record: SaidKeys<K>): { readonly fault: string; readonly at: keyof K & string } | undefined;
}

export function recordOf<K extends Keys, const O extends Omit<RecordShape, 'kind' | 'keys' | keyof RecordChecks<Keys>>>(
  keys: K,
  options: O,
  checks: RecordChecks<K> = {},
) {
  return { kind: 'record', keys, ...options, ...(checks as Pick<RecordShape, keyof RecordChecks<Keys>>) } as const;
}

/** The two keys of an entry are required in the bundle; `under` and `value` are their names. */
export function entriesOf<K extends Keys, const O extends Omit<Entries, 'kind' | 'keys'>>(keys: K, options: O) {
  return { kind: 'entries', keys, ...options } as const;
}

export function oneAction<A extends Actions, const O extends Omit<Action, 'kind' | 'actions'>>(actions: A, options: O) {
  return { kind: 'action', actions, ...options } as const;
}

export function required<S extends Shape>(shape: S): S & { readonly need: 'required' } {
  return { ...shape, need: 'required' };
}

/** The shape has a `default`, and the bundle carries it where a person says nothing. */
export function filled<S extends Shape & { readonly default: unknown }>(shape: S): S & { readonly need: 'filled' } {
  return { ...shape, need: 'filled' };
}
