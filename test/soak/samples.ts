import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgePids } from './soakedEdge.ts';

export const processKinds = ['supervisor', 'agent', 'workers'] as const;
export type ProcessKind = (typeof processKinds)[number];

/** One look at an edge. Memory of a kind: of all its processes together. */
export interface SoakSample {
  /** Since the soak's start. */
  readonly atMs: number;
  readonly rssBytes: Readonly<Record<ProcessKind, number>>;
  /** JavaScript objects of the workers, as they tell it. */
  readonly heapBytes: number;
  readonly descriptors: Readonly<Record<ProcessKind, number>>;
  readonly requests: number;
}

export function pidsOf(pids: EdgePids, kind: ProcessKind): readonly number[] {
  return kind === 'workers' ? pids.workers : [pids[kind]];
}

/** 0 for a process that is gone. */
export function rssBytesOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

export function perKind<Value>(read: (kind: ProcessKind) => Value): Record<ProcessKind, Value> {
  return { supervisor: read('supervisor'), agent: read('agent'), workers: read('workers') };
}

/** What each kind's descriptors are: `socket`, `pipe`, `anon_inode:[eventpoll]`, paths. */
export function descriptorsOf(pids: readonly number[]): readonly string[] {
  return pids.flatMap((pid) => {
    const folder = `/proc/${pid}/fd`;
    try {
      return readdirSync(folder).flatMap((name) => {
        try {
          return [readlinkSync(`${folder}/${name}`).replace(/:\[\d+\]$/, '')];
        } catch {
          return []; // Closed in between.
        }
      });
    } catch {
      return [];
    }
  });
}

/** Longer than what ends by itself in an edge at rest: kept and stuck connections to origins, lingering visitors, a validator. */
const quietMsMin = 10_000;

/** Descriptors of an edge that nobody visits, once there become no fewer: connections to origins are kept for a while. */
export async function descriptorsAtRest(pids: EdgePids): Promise<Record<ProcessKind, readonly string[]>> {
  const look = () => perKind((kind) => descriptorsOf(pidsOf(pids, kind)));
  const count = (seen: ReturnType<typeof look>) => Object.values(seen).reduce((sum, { length }) => sum + length, 0);
  let fewest = look();
  for (let quietMs = 0; quietMs < quietMsMin; quietMs += 200) {
    await sleep(200);
    const seen = look();
    if (count(seen) < count(fewest)) quietMs = 0;
    if (count(seen) <= count(fewest)) fewest = seen;
  }
  return fewest;
}
