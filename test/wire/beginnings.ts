import assert from 'node:assert/strict';
import type { Random } from '../../src/kernel/random.ts';

/** What every reader of `src/wire` is: all bytes so far in, a verdict out. */
export type Reader<Read extends { readonly kind: string }> = (bytes: Uint8Array) => Read;

/**
 * The reader's verdict on the whole, after it was shown every beginning (or about `samples` of them): each is `more` or
 * already the verdict on the whole. That is why it does not matter how a network splits the bytes. Each beginning is
 * a copy of its own length, so that reading past the end is seen as a difference.
 */
export function readHoweverSplit<Read extends { readonly kind: string }>(
  read: Reader<Read>,
  bytes: Uint8Array,
  samples = 2_000,
): Read {
  const whole = read(bytes);
  const step = Math.max(1, Math.floor(bytes.length / samples));
  let isSettled = false;
  for (let length = 0; length < bytes.length; length += step) {
    const verdict = read(bytes.slice(0, length));
    if (verdict.kind === 'more') assert.ok(!isSettled, `byte ${length}: 'more' after a verdict`);
    else assert.deepEqual(verdict, whole, `the first ${length} of ${bytes.length} bytes`);
    isSettled = verdict.kind !== 'more';
  }
  return whole;
}

/** One of the samples with up to five cuts, flips, inserts, repeats and splices from another. */
export function mutated(samples: readonly Uint8Array[], random: Random): Uint8Array {
  const below = (limit: number) => Math.floor(random.next() * limit);
  let bytes = Buffer.from(samples[below(samples.length)]!);
  for (let change = below(6); change > 0; change--) {
    const at = below(bytes.length + 1);
    const rest = bytes.subarray(Math.min(bytes.length, at + below(4)));
    switch (below(6)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.next() < 0.3 ? [0, 255, 1, 128, 22, 13][below(6)]! : below(256);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), rest]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), rest]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - below(40)))]);
        break;
      default: {
        const other = samples[below(samples.length)]!;
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(below(other.length))]);
      }
    }
  }
  return bytes;
}
