import { ResponseReader } from '../../http/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { Endpoint } from './endpoint.ts';
import { HttpCall } from './httpCall.ts';
import {
  OriginConnection,
  type OriginConnectionOwner,
  type OriginPorts,
  type OriginTimes,
} from './originConnection.ts';
import type { Origins } from './origins.ts';
import type { Upstream, UpstreamCall, UpstreamEvents, UpstreamRequest } from './upstream.ts';

/** The origins' side on HTTP/1.1: a pool of kept connections per endpoint, newest reused first. */
export class HttpUpstream implements Upstream, OriginConnectionOwner {
  readonly clock: Clock;
  readonly #ports: OriginPorts;
  readonly #free = new Map<string, OriginConnection[]>();
  readonly #all = new Set<OriginConnection>();
  readonly #hasRoom: () => boolean;
  #isClosed = false;

  constructor(
    sockets: Pick<OriginPorts, 'memory' | 'deadlines' | 'turns'>,
    origins: Pick<Origins, 'lookup' | 'tls'>,
    clock: Clock,
    hasRoom: () => boolean = () => true,
  ) {
    this.clock = clock;
    this.#hasRoom = hasRoom;
    this.#ports = { ...sockets, lookup: origins.lookup, tls: origins.tls, reader: new ResponseReader() };
  }

  get connections(): number {
    return this.#all.size;
  }

  send(request: UpstreamRequest, events: UpstreamEvents): UpstreamCall {
    const call = new HttpCall(this, request, events);
    call.start();
    return call;
  }

  /** Closes idle connections; open requests go on. */
  close(): void {
    this.#isClosed = true;
    for (const free of this.#free.values()) for (const connection of free.splice(0)) connection.destroy();
  }

  /** A connection that carries nothing: a kept one, or `fresh`. undefined: no descriptor is left for one. */
  connectionTo(endpoint: Endpoint, times: OriginTimes, fresh: boolean): OriginConnection | undefined {
    const free = fresh ? undefined : this.#free.get(endpoint.key);
    for (let kept = free?.pop(); kept !== undefined; kept = free?.pop()) if (kept.isOpen) return kept;
    if (!this.#hasRoom() && !this.#closeOneFree()) return undefined;
    const connection = new OriginConnection(this.#ports, this, endpoint, times);
    this.#all.add(connection);
    return connection;
  }

  /** Makes room: a connection that is kept for another origin gives its descriptor. */
  #closeOneFree(): boolean {
    for (const free of this.#free.values()) {
      const oldest = free.shift();
      if (oldest === undefined) continue;
      oldest.destroy();
      return true;
    }
    return false;
  }

  onFree(connection: OriginConnection): void {
    const free = this.#free.get(connection.key) ?? [];
    if (free.length === 0) this.#free.set(connection.key, free);
    if (this.#isClosed || free.length >= edgeLimits.upstreamFreeConnectionsMax) connection.destroy();
    else free.push(connection);
  }

  onGone(connection: OriginConnection): void {
    this.#all.delete(connection);
    const free = this.#free.get(connection.key);
    const index = free?.lastIndexOf(connection) ?? -1;
    if (index !== -1) free!.splice(index, 1);
  }
}
