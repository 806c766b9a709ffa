import { readFileSync } from 'node:fs';

/** Memory that this process holds, bytes. undefined: reading it takes a descriptor, and there is none left. */
export function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}

/**
 * Descriptors that this process may have open (RLIMIT_NOFILE; Node raises its soft limit to the hard one at the start).
 * Infinity where there is no limit or none can be read.
 */
export function descriptorsMax(): number {
  try {
    const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return descriptorsMaxByReport();
  }
}

/** Where there is no /proc, as on macOS. */
function descriptorsMaxByReport(): number {
  // With the network it would ask a name server.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport();
  const { userLimits } = report as { userLimits?: { open_files?: { soft?: unknown } } };
  const limit = userLimits?.open_files?.soft;
  return typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
}
