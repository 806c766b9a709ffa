/** FNV-1a in 32 bits, by hand, so that whoever walks a text for something else hashes it on the way. The same in every process. */
export const hashStart = 0x811c9dc5;

/** One more character. */
export function hashStep(state: number, code: number): number {
  return Math.imul(state ^ code, 0x01000193);
}

/** The low bits alone mix poorly. */
export function hashEnd(state: number): number {
  return (state ^ (state >>> 15)) >>> 0;
}

/** Over the first `charsMax` characters. */
export function fnvHash(text: string, charsMax: number): number {
  const length = Math.min(text.length, charsMax);
  let state = hashStart;
  for (let index = 0; index < length; index += 1) state = hashStep(state, text.charCodeAt(index));
  return hashEnd(state);
}
