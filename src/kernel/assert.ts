/** Raised when our own code broke its own promise; it ends the smallest unit that can be rebuilt (request, swap, worker). */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** States what *our* code promised. Never used on anything that arrived from outside the process. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new AssertionFailure(promise);
}

/** Makes the compiler prove that a union was handled completely. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unhandled case: ${JSON.stringify(value)}`);
}
