import { lstatSync, mkdirSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ClientWindows, ObservationBatch, observationBytes } from '../../bots/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { peerLimits } from './limits.ts';
import { PeerCounts } from './peerCounts.ts';
import { FrameReader, frameKinds, frameOf, isPeerName, peerName, pidOf, readHello } from './peerFrames.ts';
import { PeerSender } from './peerSender.ts';
import { StatesSender } from './statesSender.ts';

export interface PeerExchangePorts {
  /** Where each worker of this edge has a socket; made when it is missing. */
  readonly folder: string;
  readonly slot: number;
  readonly pid: number;
  readonly windows: ClientWindows;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes one client one client whichever worker meets it: each worker tells all others what it saw, some milliseconds later,
 * over unix sockets. Fails open: a peer that is slow, gone or mad costs observations, which are counted, and a worker whose
 * socket cannot be made knows its own visitors alone. Nothing of a request waits for any of this.
 *
 * Each connection has one direction. Whoever starts connects to all that are in the folder, and they connect back.
 */
export class PeerExchange {
  readonly counts = new PeerCounts();
  readonly #ports: PeerExchangePorts;
  readonly #name: string;
  readonly #senders = new Map<string, PeerSender>();
  readonly #incoming = new Set<Socket>();
  readonly #statesTo = new Map<string, StatesSender>();
  #server: Server | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #tellTimer: NodeJS.Timeout | undefined;
  #isTellDue = false;
  #isClosed = false;
  /** asking: somebody was asked for the states and has not sent the end. */
  #states: 'wanted' | 'asking' | 'had' = 'wanted';
  #askedAtMs = 0;
  /** Start of the second that `countedPerSecondMax` is for, and what was counted in it. */
  #secondAtMs = 0;
  #countedInSecond = 0;

  constructor(ports: PeerExchangePorts) {
    this.#ports = ports;
    this.#name = peerName(ports.slot, ports.pid);
  }

  /** Peers that hear this worker now. */
  get peers(): number {
    let open = 0;
    for (const sender of this.#senders.values()) if (sender.isOpen) open += 1;
    return open;
  }

  /** Never throws; a worker without peers serves all the same. */
  start(): void {
    const { folder, logger, windows } = this.#ports;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { uid, mode } = lstatSync(folder);
      // What others could write to would let them tell us anything of anybody.
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${folder} belongs to others, too`);
      this.#server = createServer((socket) => this.#welcome(socket));
      this.#server.unref();
      this.#server.on('error', (error) => this.#tellAlone(error));
      this.#server.listen(join(folder, this.#name), () => this.#look());
    } catch (error) {
      this.#tellAlone(error);
      return;
    }
    windows.onFirstKept = () => this.#tellSoon();
    this.#lookTimer = setInterval(() => this.#look(), peerLimits.lookEveryMs).unref();
    logger.info('peers-started', { socket: this.#name });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#tell();
    this.#isClosed = true;
    clearInterval(this.#lookTimer);
    clearTimeout(this.#tellTimer);
    this.#ports.windows.isShared = false;
    this.#server?.close();
    for (const socket of this.#incoming) socket.destroy();
    for (const sender of this.#senders.values()) sender.close();
  }

  #tellAlone(error: unknown): void {
    this.#ports.logger.warn('peers-not-reached', {
      message: `this worker knows its own visitors alone: ${(error as Error).message}`,
    });
  }

  #tellSoon(): void {
    if (this.#isTellDue || this.#isClosed) return;
    this.#isTellDue = true;
    if (this.#tellTimer === undefined) {
      this.#tellTimer = setTimeout(() => this.#step(), peerLimits.tellAfterMs).unref();
    } else this.#tellTimer.refresh();
  }

  #step(): void {
    this.#isTellDue = false;
    this.#tell();
    for (const [name, states] of this.#statesTo) if (!states.step()) this.#statesTo.delete(name);
    if (this.#statesTo.size > 0) this.#tellSoon();
  }

  #tell(): void {
    const payload = this.#ports.windows.takeObservations();
    if (payload === undefined) return;
    const frame = frameOf(frameKinds.observations, payload);
    for (const sender of this.#senders.values()) sender.tell(frame, payload.length / observationBytes);
  }

  /** Finds peers that did not say hello, and asks for the states if nobody has sent them. */
  #look(): void {
    const { clock, folder } = this.#ports;
    if (this.#states === 'asking' && clock.monotonicMs() - this.#askedAtMs > peerLimits.statesWaitMs) {
      this.#states = 'wanted';
    }
    readdir(folder).then(
      (names) => {
        for (const name of names) if (isPeerName(name)) this.#reach(name);
      },
      () => {}, // The folder is gone with the edge's data; peers that are connected stay so.
    );
  }

  #reach(name: string): void {
    if (this.#isClosed || name === this.#name || this.#senders.has(name)) return;
    if (this.#senders.size >= peerLimits.peersMax) return;
    const path = join(this.#ports.folder, name);
    const sender = new PeerSender(path, name, this.counts, {
      onOpen: () => {
        this.#ports.windows.isShared = true;
        const asks = this.#states === 'wanted';
        if (asks) {
          this.#states = 'asking';
          this.#askedAtMs = this.#ports.clock.monotonicMs();
        }
        sender.hello(this.#name, asks);
      },
      onClose: (_, refused) => {
        this.#senders.delete(name);
        this.#statesTo.delete(name);
        if (this.peers === 0) this.#ports.windows.isShared = false;
        // A worker that was killed leaves its socket behind.
        if (refused && !isAlive(pidOf(name))) unlink(path).catch(() => {});
      },
    });
    this.#senders.set(name, sender);
  }

  #welcome(socket: Socket): void {
    if (this.#incoming.size >= peerLimits.peersMax) {
      socket.destroy();
      return;
    }
    this.#incoming.add(socket);
    socket.unref();
    const reader = new FrameReader();
    socket.on('data', (bytes) => {
      if (typeof bytes !== 'string' && reader.read(bytes, (kind, payload) => this.#take(kind, payload))) return;
      this.counts.lost.foreign += 1;
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#incoming.delete(socket));
  }

  /** false: this is nothing that a worker of this release says. */
  #take(kind: number, payload: Uint8Array<ArrayBuffer>): boolean {
    switch (kind) {
      case frameKinds.hello: {
        const hello = readHello(payload);
        if (hello === undefined || hello.name === this.#name) return false;
        this.#reach(hello.name);
        if (hello.wantsStates) this.#sendStates(hello.name);
        return true;
      }
      case frameKinds.observations:
        return this.#count(payload);
      case frameKinds.addresses:
      case frameKinds.clients: {
        const adopted = this.#ports.windows.adopt(
          kind === frameKinds.clients ? 'clients' : 'addresses',
          payload,
          this.#ports.clock.monotonicMs(),
        );
        if (adopted === undefined) return false;
        this.counts.adopted += adopted;
        this.#askedAtMs = this.#ports.clock.monotonicMs();
        return true;
      }
      case frameKinds.statesEnd:
        this.#states = 'had';
        return true;
      default:
        return false;
    }
  }

  #sendStates(name: string): void {
    const sender = this.#senders.get(name);
    if (sender === undefined || this.#statesTo.has(name)) return;
    this.#statesTo.set(name, new StatesSender(this.#ports.windows, sender, this.#ports.clock));
    this.#tellSoon();
  }

  #count(payload: Uint8Array<ArrayBuffer>): boolean {
    const observations = payload.length / observationBytes;
    if (!Number.isInteger(observations)) return false;
    const nowMs = this.#ports.clock.monotonicMs();
    if (nowMs - this.#secondAtMs >= 1_000) {
      this.#secondAtMs = nowMs;
      this.#countedInSecond = 0;
    }
    const room = peerLimits.countedPerSecondMax - this.#countedInSecond;
    const looked = Math.min(observations, room);
    this.#countedInSecond += looked;
    const counted = this.#ports.windows.countAll(ObservationBatch.over(payload), looked, nowMs);
    this.counts.heard += counted;
    this.counts.lost.late += looked - counted;
    this.counts.lost.busy += observations - looked;
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
