import { type ProcessKind, processKinds, type SoakSample } from './samples.ts';

/** What a soak saw. */
export interface SoakRecord {
  /** Of load, warm-up included. */
  readonly durationMs: number;
  readonly samples: readonly SoakSample[];
  /** Descriptors while nobody visited: after the warm-up and at the end. */
  readonly restAfterWarmUp: Readonly<Record<ProcessKind, readonly string[]>>;
  readonly restAtEnd: Readonly<Record<ProcessKind, readonly string[]>>;
  readonly visits: number;
  readonly failures: number;
  readonly leftOut: number;
  /** Requests that the edge failed by a fault of its own, failed modules, processes that died or were replaced: nothing of it may be. */
  readonly ownFaults: Readonly<Record<string, number>>;
}

export interface MemoryVerdict {
  readonly kind: ProcessKind;
  readonly earlyBytes: number;
  readonly lateBytes: number;
  /** Late over early, less one. */
  readonly growth: number;
}

export interface Verdict {
  readonly memory: readonly MemoryVerdict[];
  /** Empty: it held. */
  readonly faults: readonly string[];
}

export const warmUpShare = 0.15;
/** Of the time, each window that is compared. */
const windowShare = 1 / 6;
/** Visits left out because too many were under way: a machine that stood still for a moment is not the edge's doing. */
const leftOutShareMax = 0.001;

/**
 * Memory: the median of the last sixth against that of the sixth behind the warm-up. A collector's saw-teeth and the moment
 * of a swap move a mean and a maximum, but no median; and a leak that does not show between the two medians is one that an hour
 * does not show.
 */
export function judge(record: SoakRecord, growthMax: number): Verdict {
  const memory = processKinds.map((kind) => memoryOf(record, kind));
  const faults = [
    // Growth that is not a number comes of no samples, and is none that held.
    ...memory.flatMap((one) => (one.growth <= growthMax ? [] : [grew(one, growthMax)])),
    ...processKinds.flatMap((kind) => descriptorFaults(record, kind)),
    ...Object.entries(record.ownFaults).flatMap(([name, count]) => (count > 0 ? [`${name}: ${count}`] : [])),
  ];
  if (record.failures > 0) faults.push(`${record.failures} of ${record.visits} visits went as they should not`);
  if (record.leftOut > record.visits * leftOutShareMax)
    faults.push(`${record.leftOut} visits were left out: too many at once`);
  return { memory, faults };
}

function memoryOf({ samples, durationMs }: SoakRecord, kind: ProcessKind): MemoryVerdict {
  const between = (from: number, to: number) =>
    median(samples.filter(({ atMs }) => atMs >= from && atMs <= to).map(({ rssBytes }) => rssBytes[kind]));
  const warm = durationMs * warmUpShare;
  const earlyBytes = between(warm, warm + durationMs * windowShare);
  const lateBytes = between(durationMs * (1 - windowShare), durationMs);
  return { kind, earlyBytes, lateBytes, growth: lateBytes / earlyBytes - 1 };
}

function grew({ kind, earlyBytes, lateBytes, growth }: MemoryVerdict, growthMax: number): string {
  const mib = (bytes: number) => (bytes / (1 << 20)).toFixed(1);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return `memory of ${kind} grew from ${mib(earlyBytes)} to ${mib(lateBytes)} MiB: ${percent(growth)}, more than ${percent(growthMax)}`;
}

function descriptorFaults({ restAfterWarmUp, restAtEnd }: SoakRecord, kind: ProcessKind): string[] {
  const [before, after] = [countEach(restAfterWarmUp[kind]), countEach(restAtEnd[kind])];
  const [few, many] = [restAfterWarmUp[kind].length, restAtEnd[kind].length];
  if (many <= few) return [];
  const more = [...after].filter(([what, count]) => count > (before.get(what) ?? 0));
  const what = more.map(([name, count]) => `${name} ${before.get(name) ?? 0} → ${count}`).join(', ');
  return [`descriptors of ${kind} at rest: ${few} after the warm-up, ${many} at the end (${what})`];
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** NaN of none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
