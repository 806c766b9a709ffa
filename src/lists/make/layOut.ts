import type { Interval } from './intervals.ts';

/** A place where what is known changes: `value` holds from `first` on; 0 is nothing. */
export interface Step {
  readonly first: bigint;
  readonly value: number;
}

export interface Laid {
  readonly interval: Pick<Interval, 'first' | 'last'>;
  /** Above 0. */
  readonly value: number;
}

/** Behind every address of both families. */
const behindAll = 1n << 65n;

/**
 * Ranges of one family as steps that do not overlap. Where two ranges do, the narrower one holds (a customer's network within a
 * provider's), of equals the one that came first; `combine` may say otherwise. `overlaps` counts them.
 */
export function layOut(ranges: readonly Laid[]): { readonly steps: readonly Step[]; readonly overlaps: number } {
  const sorted = [...ranges.entries()].sort(([oneAt, { interval: one }], [otherAt, { interval: other }]) => {
    if (one.first !== other.first) return one.first < other.first ? -1 : 1;
    // The wider one first: what lies within it comes behind and on top.
    if (one.last !== other.last) return one.last > other.last ? -1 : 1;
    return otherAt - oneAt;
  });
  const steps = new StepWriter();
  const open: Laid[] = [];
  let overlaps = 0;
  const closeUntil = (first: bigint) => {
    for (let top = open.at(-1); top !== undefined && top.interval.last < first; top = open.at(-1)) {
      open.pop();
      while (open.length > 0 && open.at(-1)!.interval.last <= top.interval.last) open.pop();
      steps.add(top.interval.last + 1n, open.at(-1)?.value ?? 0);
    }
  };
  for (const [, range] of sorted) {
    closeUntil(range.interval.first);
    if (open.length > 0) overlaps += 1;
    open.push(range);
    steps.add(range.interval.first, range.value);
  }
  closeUntil(behindAll);
  return { steps: steps.steps, overlaps };
}

/** Which lists hold what: bits of all ranges that hold an address. */
export function layOutBits(ranges: readonly Laid[]): readonly Step[] {
  const edges = ranges.flatMap(({ interval, value }) => [
    { at: interval.first, value, opens: true },
    { at: interval.last + 1n, value, opens: false },
  ]);
  edges.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const steps = new StepWriter();
  const open = new Map<number, number>();
  for (const { at, value, opens } of edges) {
    open.set(value, (open.get(value) ?? 0) + (opens ? 1 : -1));
    let bits = 0;
    for (const [bit, count] of open) if (count > 0) bits = (bits | bit) >>> 0;
    steps.add(at, bits);
  }
  return steps.steps;
}

/** Two sets of steps as one: at each place what both say there. */
export function mergeSteps(
  one: readonly Step[],
  other: readonly Step[],
  both: (one: number, other: number) => number,
): readonly Step[] {
  const steps = new StepWriter();
  let [oneAt, otherAt, oneValue, otherValue] = [0, 0, 0, 0];
  while (oneAt < one.length || otherAt < other.length) {
    const next = [one[oneAt]?.first, other[otherAt]?.first].filter((first) => first !== undefined);
    const first = next.length === 2 && next[1]! < next[0]! ? next[1]! : next[0]!;
    if (one[oneAt]?.first === first) oneValue = one[oneAt++]!.value;
    if (other[otherAt]?.first === first) otherValue = other[otherAt++]!.value;
    steps.add(first, both(oneValue, otherValue));
  }
  return steps.steps;
}

/** Keeps what changes something: the last word about a place counts, and a step that says what holds already is none. */
class StepWriter {
  readonly steps: Step[] = [];

  add(first: bigint, value: number): void {
    if (this.steps.at(-1)?.first === first) this.steps.pop();
    if ((this.steps.at(-1)?.value ?? 0) !== value) this.steps.push({ first, value });
  }
}
