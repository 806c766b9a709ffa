import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { type BenchHead, makeHeads } from '../../../bench/heads.ts';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';

/** Where the soaked edge listens. */
export interface SoakPorts {
  readonly plain: number;
  readonly tls: number;
  /** Plain, behind a PROXY header. */
  readonly proxied: number;
}

/**
 * In a run of an hour visitors come from so many addresses, more than an edge remembers: most of them push another one out.
 * A short run would do nothing else than meet them all.
 */
const clientAddressesMax = 200_000;
const clientAddressesPerMinute = 10_000;
const kept = { keepAlive: true, maxSockets: 12, maxFreeSockets: 12, scheduling: 'fifo' } as const;

/** What all visits share: where to, chance, heads, connections that are kept. */
export class World {
  readonly ports: SoakPorts;
  readonly random: Random;
  readonly clientAddresses: number;
  readonly #heads: readonly BenchHead[];
  #next = 0;
  #plain = new PlainAgent(kept);
  #tls = new TlsAgent({ ...kept, rejectUnauthorized: false });

  constructor(ports: SoakPorts, seed: number, minutes: number) {
    this.ports = ports;
    this.clientAddresses = Math.min(clientAddressesMax, Math.ceil(clientAddressesPerMinute * minutes));
    this.random = seededRandom(seed);
    this.#heads = makeHeads(4_000, 500, seed);
  }

  get keptPlain(): PlainAgent {
    return this.#plain;
  }

  get keptTls(): TlsAgent {
    return this.#tls;
  }

  /** A browser's target and headers, from one of very many addresses. */
  head(): { readonly target: string; readonly headers: Record<string, string> } {
    const head = this.#heads[this.#next++ % this.#heads.length]!;
    const headers: Record<string, string> = {};
    for (let index = 0; index < head.headers.length; index += 2)
      headers[head.headers[index]!] = head.headers[index + 1]!;
    headers['X-Forwarded-For'] = this.address();
    return { target: head.target, headers };
  }

  address(): string {
    const client = this.below(this.clientAddresses);
    return `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`;
  }

  /** A whole number from 0 to `end`, without it. */
  below(end: number): number {
    return Math.floor(this.random.next() * end);
  }

  /** Ends what is kept. */
  rest(): void {
    this.#plain.destroy();
    this.#tls.destroy();
    this.#plain = new PlainAgent(kept);
    this.#tls = new TlsAgent({ ...kept, rejectUnauthorized: false });
  }
}

/** One thing a visitor does. Rejects when something came that should not have come. */
export type Visit = (world: World) => Promise<void>;
