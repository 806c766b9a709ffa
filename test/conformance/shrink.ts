import type { StreamInput } from './messageEvents.ts';

/** The smallest input found, by leaving out ever shorter runs of octets, that is still what `isStill` asks. */
export function shrink(input: StreamInput, isStill: (smaller: StreamInput) => boolean): StreamInput {
  let smallest = input;
  for (let run = input.bytes.length >> 1; run > 0; ) {
    let hasShrunk = false;
    for (let at = 0; at + run <= smallest.bytes.length; ) {
      const bytes = Buffer.concat([smallest.bytes.subarray(0, at), smallest.bytes.subarray(at + run)]);
      const smaller = { kind: input.kind, isHead: input.isHead, bytes };
      if (isStill(smaller)) {
        smallest = smaller;
        hasShrunk = true;
      } else at += run;
    }
    if (!hasShrunk) run >>= 1;
  }
  return smallest;
}
