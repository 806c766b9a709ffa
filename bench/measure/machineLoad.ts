import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Above this, what else runs pushes figures up: caches are shared, and a core is not the contender's alone. */
export const busyShareMax = 0.1;

const sampleMs = 1_000;

/** Share of all cores that is in use while the bench does nothing, 0–1. */
export async function busyShare(): Promise<number> {
  const before = readTimes();
  await sleep(sampleMs);
  return shareBetween(before, readTimes());
}

export interface CpuTimes {
  readonly idle: number;
  readonly total: number;
}

/** Reads the first line of /proc/stat (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal, and guests counted twice. */
export function parseTimes(text: string): CpuTimes {
  const fields = text.slice(0, text.indexOf('\n')).trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: fields[3]! + fields[4]!, total: fields.reduce((sum, field) => sum + field, 0) };
}

export function shareBetween(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total;
  return total === 0 ? 0 : 1 - (after.idle - before.idle) / total;
}

function readTimes(): CpuTimes {
  return parseTimes(readFileSync('/proc/stat', 'utf8'));
}
