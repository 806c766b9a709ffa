import { readdirSync, readFileSync } from 'node:fs';

/*
 * What a contender costs, all its processes together: supervisor, agent, workers, a launcher. Linux only.
 */

/** `USER_HZ`: the unit of /proc/PID/stat; 100 on every Linux that Node runs on. */
const ticksPerS = 100;

/** A process and everything below it. Those that ended are not in it; their CPU time is in their parent's `reaped`. */
export function treeOf(rootPid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat === null) continue;
    childrenOf.set(stat.parent, [...(childrenOf.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [rootPid];
  for (let index = 0; index < tree.length; index++) tree.push(...(childrenOf.get(tree[index]!) ?? []));
  return tree;
}

/** CPU time of a tree so far, user and system, microseconds. A child that ends moves into its parent's share. */
export function treeCpuUs(rootPid: number): number {
  let sumUs = 0;
  for (const pid of treeOf(rootPid)) {
    const stat = statOf(pid);
    if (stat === null) continue;
    // schedstat counts nanoseconds of the threads that live, stat counts ticks of all that ever lived.
    sumUs += Math.max(threadsNs(pid) / 1e3, stat.ownUs) + stat.reapedUs;
  }
  return sumUs;
}

export interface Memory {
  readonly residentBytes: number;
  readonly proportionalBytes: number;
}

const commandCharactersMax = 30;

/** Memory of a tree, bytes: as the system shows it (a page shared by two counts twice), and each shared page divided by its sharers. */
export function treeMemory(rootPid: number): Memory {
  let residentBytes = 0;
  let proportionalBytes = 0;
  for (const one of memoryOfEach(rootPid)) {
    residentBytes += one.residentBytes;
    proportionalBytes += one.proportionalBytes;
  }
  return { residentBytes, proportionalBytes };
}

export function memoryOfEach(rootPid: number): (Memory & { readonly command: string })[] {
  return treeOf(rootPid).map((pid) => {
    const rollup = readOrEmpty(`/proc/${pid}/smaps_rollup`);
    return {
      command: readOrEmpty(`/proc/${pid}/cmdline`)
        .replaceAll('\0', ' ')
        .trim()
        .replace(/^\S*\//, '')
        .slice(0, commandCharactersMax),
      residentBytes: kibOf(rollup, 'Rss') * 1024,
      proportionalBytes: kibOf(rollup, 'Pss') * 1024,
    };
  });
}

export interface ProcessStat {
  readonly parent: number;
  readonly ownUs: number;
  /** Of children that ended and were waited for. */
  readonly reapedUs: number;
}

/** Reads a line of /proc/PID/stat (proc(5)); the name in it may hold spaces and parentheses. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number) => (Number(fields[index]) * 1e6) / ticksPerS;
  return { parent: Number(fields[1]), ownUs: ticks(11) + ticks(12), reapedUs: ticks(13) + ticks(14) };
}

function statOf(pid: number): ProcessStat | null {
  const line = readOrEmpty(`/proc/${pid}/stat`);
  return line === '' ? null : parseStat(line);
}

function threadsNs(pid: number): number {
  let sumNs = 0;
  for (const thread of threadsOf(pid)) {
    sumNs += Number(readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  }
  return sumNs;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // Ended in between.
  }
}

function kibOf(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0);
}

/** '' when the process ended in between. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
