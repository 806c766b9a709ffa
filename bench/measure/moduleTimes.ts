import { askSocket } from '../ask.ts';

/** Where calls of a module lie, microseconds: upper ends of the buckets of its histogram. NaN without calls. */
export interface ModuleTimes {
  readonly calls: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** How many calls took at most so many microseconds, over all workers. */
type CallsBelow = ReadonlyMap<number, number>;

/** What the calls of an edge's modules took, from one look at its metrics to the next. */
export class ModuleWatch {
  readonly #adminSocket: string;
  #before = '';

  constructor(adminSocket: string) {
    this.#adminSocket = adminSocket;
  }

  /** Since the last look; the first one: since the edge started. */
  async look(modules: readonly string[]): Promise<ReadonlyMap<string, ModuleTimes>> {
    const before = this.#before;
    this.#before = await askSocket(this.#adminSocket, '/metrics');
    return new Map(modules.map((module) => [module, moduleTimesBetween(before, this.#before, module)]));
  }
}

/** What a module's calls took between two pages of metrics. */
export function moduleTimesBetween(before: string, after: string, module: string): ModuleTimes {
  const earlier = callsBelow(before, module);
  const below = new Map([...callsBelow(after, module)].map(([us, calls]) => [us, calls - (earlier.get(us) ?? 0)]));
  const calls = below.get(Number.POSITIVE_INFINITY) ?? 0;
  const bounds = [...below.keys()].sort((a, b) => a - b);
  const quantileUs = (share: number) => bounds.find((us) => calls > 0 && below.get(us)! >= calls * share) ?? Number.NaN;
  return { calls, p50Us: quantileUs(0.5), p99Us: quantileUs(0.99) };
}

function callsBelow(metrics: string, module: string): CallsBelow {
  const pattern = new RegExp(
    `^holdfast_edge_module_call_seconds_bucket\\{.*module="${module}".*le="([^"]+)"\\} (\\d+)$`,
    'gm',
  );
  const below = new Map<number, number>();
  for (const [, bound, count] of metrics.matchAll(pattern)) {
    const us = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1e6;
    below.set(us, (below.get(us) ?? 0) + Number(count));
  }
  return below;
}
