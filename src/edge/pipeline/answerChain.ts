import type { BodyWriter } from '../exchange/bodies.ts';
import type { BodyOut, BodyTransform } from './bodyTransform.ts';
import type { Guard, OnPath } from './guard.ts';

/** What a chain tells the one who feeds it. */
export interface ChainOwner {
  /** There is room again after `write` said false. */
  onChainRoom(): void;
  /** The whole body went out. */
  onChainEnd(): void;
  /** A module failed where the rest cannot go on without it: what was sent is half an answer. */
  onChainCut(): void;
}

/**
 * An answer's body on its way through the modules that change or watch it, the last one on the site's path first. Each piece
 * goes through all of them at once; whoever is full makes those before it wait.
 */
export class AnswerChain {
  readonly #guard: Guard;
  readonly #owner: ChainOwner;
  readonly #links: readonly Link[];
  #writer: BodyWriter | undefined;
  #isOver = false;
  #isWriterFull = false;
  #isStopped = false;
  /** Octets that went out to the visitor. */
  bytes = 0;

  constructor(guard: Guard, owner: ChainOwner, transforms: readonly { on: OnPath; transform: BodyTransform }[]) {
    this.#guard = guard;
    this.#owner = owner;
    this.#links = transforms.map(({ on, transform }, index) => new Link(this, on, transform, index));
  }

  /** Once, before the first octet. */
  start(writer: BodyWriter): void {
    this.#writer = writer;
    for (const link of this.#links) this.#attempt(link, 'start', () => link.transform.start(link));
  }

  /** false: full; `onChainRoom` follows. */
  write(bytes: Buffer): boolean {
    return this.#writeFrom(0, bytes);
  }

  lull(): void {
    this.#lullFrom(0);
  }

  /** No more comes in. `onChainEnd` follows when the modules have given all. */
  end(): void {
    this.#endFrom(0);
  }

  /** The visitor has room again. */
  room(): void {
    this.#isWriterFull = false;
    this.#roomBefore(this.#links.length);
  }

  /** Nothing follows; modules let go of what they hold, also those that were never started. */
  stop(): void {
    this.#isOver = true;
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const { isOut, on, transform } of this.#links)
      if (!isOut) this.#guard.attempt(on, 'stop', () => transform.stop());
  }

  /** Counts against the module that has not given what it owes, because it is full itself or keeps the end; false: none has. */
  blameSilent(): boolean {
    // Whoever waits for those behind it is not to blame.
    const silent = this.#links.findLast(({ isFull, isEnding, hasEnded }) => isFull || (isEnding && !hasEnded));
    if (silent === undefined || this.#isWriterFull) return false;
    this.#guard.onSilent(silent.on, 'the rest of an answer never came out of it');
    return true;
  }

  // Told by links.

  writeBehind(index: number, bytes: Buffer): boolean {
    return this.#writeFrom(index + 1, bytes);
  }

  lullBehind(index: number): void {
    this.#lullFrom(index + 1);
  }

  endBehind(index: number): void {
    this.#endFrom(index + 1);
  }

  roomBefore(index: number): void {
    this.#roomBefore(index);
  }

  #writeFrom(index: number, bytes: Buffer): boolean {
    if (this.#isOver) return true;
    const link = this.#links[index];
    if (link === undefined) {
      this.bytes += bytes.length;
      this.#isWriterFull = !this.#writer!.write(bytes);
      return !this.#isWriterFull;
    }
    if (link.isOut) return this.#writeFrom(index + 1, bytes);
    let hasRoom = true;
    const goesOn = this.#attempt(link, 'write', () => {
      hasRoom = link.transform.write(bytes);
      if (typeof hasRoom !== 'boolean') throw new TypeError('its answer is none');
    });
    // Whoever only looks holds nobody up.
    if (link.changes === 'nothing') return this.#writeFrom(index + 1, bytes);
    link.isFull = goesOn && !hasRoom;
    return !link.isFull;
  }

  #lullFrom(index: number): void {
    if (this.#isOver) return;
    const link = this.#links[index];
    if (link === undefined) this.#writer!.flush();
    else if (link.isOut) this.#lullFrom(index + 1);
    else {
      this.#attempt(link, 'lull', () => link.transform.lull());
      if (link.changes === 'nothing') this.#lullFrom(index + 1);
    }
  }

  #endFrom(index: number): void {
    if (this.#isOver) return;
    const link = this.#links[index];
    if (link === undefined) {
      this.#isOver = true;
      this.#writer!.end();
      this.#owner.onChainEnd();
    } else if (link.isOut) this.#endFrom(index + 1);
    else {
      link.isEnding = true;
      this.#attempt(link, 'end', () => link.transform.end());
      if (link.changes === 'nothing') this.#endFrom(index + 1);
    }
  }

  /** The one before `index`, and so on up to the source. */
  #roomBefore(index: number): void {
    if (this.#isOver) return;
    const link = this.#links[index - 1];
    if (link === undefined) this.#owner.onChainRoom();
    else if (link.isOut || link.changes === 'nothing') this.#roomBefore(index - 1);
    else this.#attempt(link, 'room', () => link.transform.room());
  }

  /** true: it went well. A link that failed is out of the chain, where the chain can do without it. */
  #attempt(link: Link, what: string, body: () => unknown): boolean {
    if (!this.#guard.attempt(link.on, what, body)) return true;
    this.#drop(link);
    return false;
  }

  /** A link wrote what cannot be sent, from wherever it was called: nothing is thrown at it. */
  failLink(link: Link): void {
    this.#guard.onSilent(link.on, 'what it wrote are no octets');
    this.#drop(link);
  }

  #drop(link: Link): void {
    link.isOut = true;
    // What changes an answer cannot leave in the middle of it, whatever it declares.
    const mayLeave = link.changes === 'nothing' && link.on.failure.afterFirstByte === 'leave-out';
    if (!mayLeave && !this.#isOver) {
      this.#isOver = true;
      this.#owner.onChainCut();
    }
  }
}

/** A module's transform in a chain. Whatever the module does to its `out` behind the end is left alone. */
class Link implements BodyOut {
  readonly on: OnPath;
  readonly transform: BodyTransform;
  readonly changes: BodyTransform['changes'];
  isFull = false;
  isOut = false;
  isEnding = false;
  hasEnded = false;
  readonly #chain: AnswerChain;
  readonly #index: number;

  constructor(chain: AnswerChain, on: OnPath, transform: BodyTransform, index: number) {
    this.#chain = chain;
    this.on = on;
    this.transform = transform;
    this.changes = transform.changes;
    this.#index = index;
  }

  write(bytes: Buffer): boolean {
    if (this.#isMute) return true;
    if (Buffer.isBuffer(bytes)) return this.#chain.writeBehind(this.#index, bytes);
    this.#chain.failLink(this);
    return true;
  }

  flush(): void {
    if (!this.#isMute) this.#chain.lullBehind(this.#index);
  }

  end(): void {
    if (this.#isMute) return;
    this.hasEnded = true;
    this.#chain.endBehind(this.#index);
  }

  room(): void {
    if (this.#isMute) return;
    this.isFull = false;
    this.#chain.roomBefore(this.#index);
  }

  /** It only looks, or has nothing more to say. */
  get #isMute(): boolean {
    return this.changes === 'nothing' || this.isOut || this.hasEnded;
  }
}
