import { withHead } from '../src/edge/pipeline/substitute.ts';
import type { HandledRequest } from '../src/edge/request/handledRequest.ts';
import { EdgeWorker, ErrorReports, Guard } from '../src/edge/worker/index.ts';
import type { Handshake } from '../src/http/handshake.ts';
import type { RequestHead } from '../src/http/requestHead.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLogger } from '../src/kernel/log.ts';
import { ok } from '../src/kernel/result.ts';
import { type OwnNetwork, places } from './network.ts';

/** A request as the edge met it. */
export interface SeenRequest {
  readonly atMs: number;
  readonly head: RequestHead;
  readonly handshake: Handshake | null;
  /** What it was answered; known once it is over. */
  readonly status: () => number;
}

export interface LabEdge {
  /** What came from an address since the last call. */
  take(source: string): SeenRequest[];
  /** Whether a request of that address is there already. */
  has(source: string): boolean;
  close(): Promise<void>;
}

/**
 * A real worker with its listeners, codecs and forwarding. An ear stands before the bot module and keeps a note of every request.
 */
export async function startLabEdge(origin: string, network: OwnNetwork): Promise<LabEdge> {
  const reports = new ErrorReports(systemClock, silentLogger);
  const ear = new Ear();
  const drained = Promise.withResolvers<void>();
  const certificates = [network.certificate];
  const set = {
    versions: {},
    sites: { schema: 1 as const, sites: [{ name: 'lab', hosts: ['*'], origin, rules: [] }] },
  };
  const worker = new EdgeWorker({
    edge: 'lab',
    slot: 1,
    trustedProxies: [],
    listeners: places.flatMap(() => [
      {},
      { tls: { certificates, http2: true } },
      {},
      { tls: { certificates, http2: false } },
    ]),
    logSocket: null,
    sets: { readSet: () => ok(set), currentSet: () => ({ set, missing: [] }) },
    guard: new Guard(systemClock, reports),
    substitute: withHead('bots', (request, ordinary) => {
      ear.note(request as HandledRequest);
      return ordinary();
    }),
    reports,
    clock: systemClock,
    logger: silentLogger,
    send: () => {},
    onDrained: drained.resolve,
  });
  const where = places.flatMap(({ address, oldAddress }) =>
    [address, oldAddress].flatMap((host) => [80, 443].map((port) => ({ host, port }))),
  );
  await worker.start(where, 'current', []);
  return {
    take: (source) => ear.take(source),
    has: (source) => ear.has(source),
    close: async () => {
      worker.drain(0);
      await drained.promise;
    },
  };
}

/** Notes every head that the edge judges. */
class Ear {
  readonly #seen = new Map<string, SeenRequest[]>();

  take(source: string): SeenRequest[] {
    const seen = this.#seen.get(source) ?? [];
    this.#seen.delete(source);
    return seen;
  }

  has(source: string): boolean {
    return this.#seen.has(source);
  }

  note(request: HandledRequest): void {
    const seen = this.#seen.get(request.head.clientAddress) ?? [];
    this.#seen.set(request.head.clientAddress, seen);
    seen.push({
      atMs: performance.now(),
      head: request.head,
      handshake: request.head.handshake,
      status: () => request.status,
    });
  }
}
