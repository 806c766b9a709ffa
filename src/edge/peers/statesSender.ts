import type { Clock } from '../../kernel/clock.ts';
import { frameKinds, frameOf } from './peerFrames.ts';
import type { PeerSender } from './peerSender.ts';
import type { PeerTopic } from './peerTopic.ts';

/** Tells a new worker what was here before it came: topic by topic, kind by kind, a few states with each step. */
export class StatesSender {
  readonly #sender: PeerSender;
  readonly #clock: Clock;
  readonly #parts: { readonly topic: PeerTopic; readonly kind: PeerTopic['newsKind'] }[];
  #slot = 0;

  constructor(topics: readonly PeerTopic[], sender: PeerSender, clock: Clock) {
    this.#parts = topics.flatMap((topic) => topic.stateKinds.map((kind) => ({ topic, kind })));
    this.#sender = sender;
    this.#clock = clock;
  }

  /** false: that was all. Without room in the socket, or before there is one, the step is one of waiting. */
  step(): boolean {
    if (!this.#sender.isFree) return true;
    const part = this.#parts[0];
    if (part === undefined) {
      this.#sender.send(frameOf(frameKinds.statesEnd, new Uint8Array(0)));
      return false;
    }
    const { bytes, next } = part.topic.pack(part.kind, this.#slot, this.#clock.monotonicMs());
    if (bytes.length > 0) this.#sender.send(frameOf(part.kind, bytes));
    this.#slot = Math.max(0, next);
    if (next === -1) this.#parts.shift();
    return true;
  }
}
