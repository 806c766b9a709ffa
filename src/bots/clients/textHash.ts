import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { fnvHash } from '../../kernel/fnv.ts';
import { botLimits } from '../facts/limits.ts';

/** 32 bits of FNV-1a over at most the inspected length. The same in every process. */
export function textHash(text: string): number {
  return fnvHash(text, botLimits.inspectedCharsMax);
}

const hashes = new BoundedMemo(textHash);

/** The same for texts that come again and again, such as user agents: V8 hashes them once for this and other memos. */
export function repeatedTextHash(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : hashes.get(text) || 1;
}
