import { lstatSync, mkdirSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { assert } from '../../kernel/assert.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { peerLimits } from './limits.ts';
import { PeerBudget } from './peerBudget.ts';
import type { PeerCounts } from './peerCounts.ts';
import {
  type FrameKind,
  FrameReader,
  frameKinds,
  frameOf,
  isPeerName,
  peerName,
  pidOf,
  readHello,
} from './peerFrames.ts';
import { PeerSender } from './peerSender.ts';
import type { PeerPayload, PeerTopic } from './peerTopic.ts';
import { StatesSender } from './statesSender.ts';

export interface PeerExchangePorts {
  /** Where each worker of this edge has a socket; made when it is missing. */
  readonly folder: string;
  readonly slot: number;
  readonly pid: number;
  /** What is told, at least one. What belongs to none of them, connections that were cut off, is counted with the first. */
  readonly topics: readonly PeerTopic[];
  readonly clock: TimerClock;
  readonly logger: Logger;
}

/**
 * Makes one client one client whichever worker meets it: each worker tells all others what it saw, topic by topic, some
 * milliseconds later, over unix sockets. Fails open: a peer that is slow, gone or mad costs news, which are counted, and a worker
 * whose socket cannot be made knows its own visitors alone. Nothing of a request waits for any of this.
 *
 * Each connection has one direction. Whoever starts connects to all that are in the folder, and they connect back.
 */
export class PeerExchange {
  /** Of the first topic. */
  readonly counts: PeerCounts;
  readonly #ports: PeerExchangePorts;
  readonly #name: string;
  readonly #senders = new Map<string, PeerSender>();
  readonly #incoming = new Set<Socket>();
  readonly #statesTo = new Map<string, StatesSender>();
  #server: Server | undefined;
  #lookTimer: Timer | undefined;
  #tellTimer: Timer | undefined;
  #isTellDue = false;
  #isClosed = false;
  /** asking: somebody was asked for the states and has not sent the end. */
  #states: 'wanted' | 'asking' | 'had' = 'wanted';
  #askedAtMs = 0;
  readonly #budgets: ReadonlyMap<PeerTopic, PeerBudget>;

  constructor(ports: PeerExchangePorts) {
    this.#ports = ports;
    assert(ports.topics.length > 0, 'an exchange without topics tells nobody anything');
    this.counts = ports.topics[0]!.counts;
    this.#budgets = new Map(ports.topics.map((topic) => [topic, new PeerBudget(topic.countedPerSecondMax)]));
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
    const { clock, folder, logger, topics } = this.#ports;
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
    for (const topic of topics) topic.onFirstKept = () => this.#tellSoon();
    this.#lookTimer = clock.every(peerLimits.lookEveryMs, () => this.#look(), 'lets-go');
    logger.info('peers-started', { socket: this.#name });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#tell();
    this.#isClosed = true;
    this.#lookTimer?.cancel();
    this.#tellTimer?.cancel();
    this.#share(false);
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
      this.#tellTimer = this.#ports.clock.after(peerLimits.tellAfterMs, () => this.#step(), 'lets-go');
    } else this.#tellTimer.restart();
  }

  #step(): void {
    this.#isTellDue = false;
    this.#tell();
    for (const [name, states] of this.#statesTo) if (!states.step()) this.#statesTo.delete(name);
    if (this.#statesTo.size > 0) this.#tellSoon();
  }

  #tell(): void {
    for (const topic of this.#ports.topics) {
      const payload = topic.takeNews();
      if (payload === undefined) continue;
      const frame = frameOf(topic.newsKind, payload);
      for (const sender of this.#senders.values()) sender.tell(frame, topic.newsIn(payload) ?? 0, topic.counts);
    }
  }

  #share(isShared: boolean): void {
    for (const topic of this.#ports.topics) topic.isShared = isShared;
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
    const sender = new PeerSender(path, name, {
      onOpen: () => {
        this.#share(true);
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
        if (this.peers === 0) this.#share(false);
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
  #take(kind: number, payload: PeerPayload): boolean {
    if (kind === frameKinds.hello) {
      const hello = readHello(payload);
      if (hello === undefined || hello.name === this.#name) return false;
      this.#reach(hello.name);
      if (hello.wantsStates) this.#sendStates(hello.name);
      return true;
    }
    if (kind === frameKinds.statesEnd) {
      this.#states = 'had';
      return true;
    }
    for (const topic of this.#ports.topics) {
      if (topic.newsKind === kind) return this.#count(topic, payload);
      const stateKind = topic.stateKinds.find((one) => one === kind);
      if (stateKind !== undefined) return this.#adopt(topic, stateKind, payload);
    }
    return false;
  }

  #adopt(topic: PeerTopic, kind: FrameKind, payload: PeerPayload): boolean {
    const nowMs = this.#ports.clock.monotonicMs();
    const adopted = topic.adopt(kind, payload, nowMs);
    if (adopted === undefined) return false;
    topic.counts.adopted += adopted;
    this.#askedAtMs = nowMs;
    return true;
  }

  #sendStates(name: string): void {
    const sender = this.#senders.get(name);
    if (sender === undefined || this.#statesTo.has(name)) return;
    this.#statesTo.set(name, new StatesSender(this.#ports.topics, sender, this.#ports.clock));
    this.#tellSoon();
  }

  #count(topic: PeerTopic, payload: PeerPayload): boolean {
    const news = topic.newsIn(payload);
    if (news === undefined) return false;
    const nowMs = this.#ports.clock.monotonicMs();
    const looked = this.#budgets.get(topic)!.take(news, nowMs);
    const counted = topic.hear(payload, looked, nowMs);
    topic.counts.heard += counted;
    topic.counts.lost.late += looked - counted;
    topic.counts.lost.busy += news - looked;
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
