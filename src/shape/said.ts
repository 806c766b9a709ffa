import type { Actions, Keys } from './shape.ts';

/** The type of what a shape describes, as the bundle carries it. */
export type Said<S> = S extends { readonly kind: 'wholeNumber' }
  ? number
  : S extends { readonly kind: 'trueOrFalse' }
    ? boolean
    : S extends { readonly kind: 'text' | 'expression' }
      ? string
      : S extends { readonly kind: 'oneOf'; readonly words: readonly (infer Word)[] }
        ? Word
        : S extends { readonly kind: 'list'; readonly item: infer Item }
          ? readonly Said<Item>[]
          : S extends { readonly kind: 'record'; readonly keys: infer K extends Keys }
            ? SaidKeys<K>
            : S extends { readonly kind: 'entries'; readonly keys: infer K extends Keys }
              ? readonly SaidKeys<K>[]
              : S extends { readonly kind: 'action'; readonly actions: infer A extends Actions }
                ? SaidAction<A>
                : S extends { readonly kind: 'either'; readonly other: infer Other }
                  ? string | Said<Other>
                  : never;

/** What a person may leave out is there all the same where the bundle carries it filled. */
export type SaidKeys<K extends Keys> = Flat<
  {
    readonly [Name in keyof K as K[Name] extends Carried ? Name : never]: Said<K[Name]>;
  } & {
    readonly [Name in keyof K as K[Name] extends Carried ? never : Name]?: Said<K[Name]>;
  }
>;

type Carried = { readonly need: 'required' | 'filled' };

type SaidAction<A extends Actions> = {
  readonly [Name in keyof A]: Flat<{ readonly action: Name } & SaidKeys<A[Name]['keys']>>;
}[keyof A];

type Flat<T> = { readonly [Name in keyof T]: T[Name] };

/** Those keys of a record that have a default: what an unsaid one means. */
export type Settled<K extends Keys> = {
  readonly [Name in keyof K as K[Name] extends { readonly default: unknown } ? Name : never]: Said<K[Name]>;
};

/** Exactly the keys that have a default: said, or that default. */
export function settle<K extends Keys>(keys: K, said: Partial<Readonly<Record<keyof K, unknown>>>): Settled<K> {
  const settled = Object.entries(keys).flatMap(([name, shape]) =>
    'default' in shape && shape.default !== undefined ? [[name, said[name] ?? shape.default]] : [],
  );
  return Object.fromEntries(settled) as Settled<K>;
}
