import type { z } from 'zod';

/** The same shape, whoever may write to it: `readonly` is a promise of the reader's, which no schema makes. */
type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

type AreSame<One, Other> =
  (<T>() => T extends Writable<One> ? 1 : 2) extends <T>() => T extends Writable<Other> ? 1 : 2 ? true : false;

/**
 * Takes a schema of just what the contract states, no field more or less, none optional in one of the two alone, and none
 * of another type: anything else does not compile. So neither can change without the other.
 */
export function stated<Stated>() {
  return <Schema extends z.ZodType>(
    schema: Schema & (AreSame<z.output<Schema>, Stated> extends true ? unknown : { readonly driftsFrom: Stated }),
  ): z.ZodType<Stated, Stated> => schema as unknown as z.ZodType<Stated, Stated>;
}
