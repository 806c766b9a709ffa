import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { botLimits } from '../facts/limits.ts';

export const hashStart = 0x811c9dc5;

/** One more character of FNV-1a. */
export function hashStep(state: number, code: number): number {
  return Math.imul(state ^ code, 0x01000193);
}

/** The low bits alone mix poorly. */
export function hashEnd(state: number): number {
  return (state ^ (state >>> 15)) >>> 0;
}

/** 32 bits of FNV-1a over at most the inspected length. The same in every process. */
export function textHash(text: string): number {
  const length = Math.min(text.length, botLimits.inspectedCharsMax);
  let state = hashStart;
  for (let index = 0; index < length; index += 1) state = hashStep(state, text.charCodeAt(index));
  return hashEnd(state);
}

const hashes = new BoundedMemo(textHash);

/** The same for texts that come again and again, such as user agents: V8 hashes them once for this and other memos. */
export function repeatedTextHash(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : hashes.get(text) || 1;
}
