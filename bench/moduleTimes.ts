import { askSocket } from './ask.ts';

/** Where the calls of a module lie, microseconds: upper ends of the buckets of its histogram. */
export interface ModuleTimes {
  readonly calls: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What an edge's metrics say of the calls of a module since it started. */
export async function moduleTimes(adminSocket: string, module: string): Promise<ModuleTimes> {
  return readModuleTimes(await askSocket(adminSocket, '/metrics'), module);
}

export function readModuleTimes(metrics: string, module: string): ModuleTimes {
  const pattern = new RegExp(
    `^holdfast_edge_module_call_seconds_bucket\\{.*module="${module}".*le="([^"]+)"\\} (\\d+)$`,
    'gm',
  );
  const below = new Map<number, number>();
  for (const [, bound, count] of metrics.matchAll(pattern)) {
    const us = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1e6;
    below.set(us, (below.get(us) ?? 0) + Number(count));
  }
  const calls = below.get(Number.POSITIVE_INFINITY) ?? 0;
  const bounds = [...below.keys()].sort((a, b) => a - b);
  const quantileUs = (share: number) => bounds.find((us) => below.get(us)! >= calls * share) ?? Number.NaN;
  return { calls, p50Us: quantileUs(0.5), p99Us: quantileUs(0.99) };
}
