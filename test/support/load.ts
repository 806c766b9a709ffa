import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly latenciesMs: readonly number[];
  /** Status → count. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Connections that failed or were reset, by error code. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** Requests per second over all connections; each connection keeps its own beat. */
  readonly ratePerS: number;
  readonly durationMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A paced load over keep-alive connections: paced, because a saturated machine measures its own scheduler. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const statuses: Record<number, number> = {};
  const failures: Record<string, number> = {};
  const end = performance.now() + options.durationMs;
  const beatMs = (1_000 * options.connections) / options.ratePerS;
  await Promise.all(
    Array.from({ length: options.connections }, async (_, index) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let next = performance.now() + (beatMs * index) / options.connections;
      while (next < end && !options.signal?.aborted) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
        next = Math.max(next + beatMs, performance.now());
        const started = performance.now();
        try {
          const status = await once(options, agent);
          latenciesMs.push(performance.now() - started);
          statuses[status] = (statuses[status] ?? 0) + 1;
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
          failures[code] = (failures[code] ?? 0) + 1;
        }
      }
      agent.destroy();
    }),
  );
  return { latenciesMs, statuses, failures };
}

function once(options: LoadOptions, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(options.url, { agent, headers: { ...options.headers } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
