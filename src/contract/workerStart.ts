import type { EdgeOptions } from './edgeOptions.ts';

/** How the supervisor starts one worker: JSON in `argv[2]`. IPC is descriptor 3. */
export interface WorkerStart {
  readonly options: EdgeOptions;
  /** 1 … `options.workers`. */
  readonly slot: number;
  /**
   * Which set of last good to start with. `previous` when workers died again and again on the current one and nobody
   * was there to quarantine it.
   */
  readonly rung: 'current' | 'previous';
}

/**
 * The slot's bound sockets, which the supervisor owns: `listen` is the first, `listeners` follow in their order from
 * here on. A worker calls `server.listen({ fd })` on each.
 */
export const listenDescriptor = 4;
