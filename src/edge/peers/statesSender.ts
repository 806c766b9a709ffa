import type { ClientWindows } from '../../bots/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { peerLimits } from './limits.ts';
import { frameKinds, frameOf } from './peerFrames.ts';
import type { PeerSender } from './peerSender.ts';

/** Tells a new worker of the clients that were here in the last hour: addresses, then clients, a few with each step. */
export class StatesSender {
  readonly #windows: ClientWindows;
  readonly #sender: PeerSender;
  readonly #clock: Clock;
  #kind: 'addresses' | 'clients' = 'addresses';
  #slot = 0;

  constructor(windows: ClientWindows, sender: PeerSender, clock: Clock) {
    this.#windows = windows;
    this.#sender = sender;
    this.#clock = clock;
  }

  /** false: that was all. Without room in the socket, or before there is one, the step is one of waiting. */
  step(): boolean {
    if (!this.#sender.isFree) return true;
    const { bytes, next } = this.#windows.pack(
      this.#kind,
      this.#slot,
      peerLimits.statesPerStep,
      this.#clock.monotonicMs(),
    );
    if (bytes.length > 0) this.#sender.send(frameOf(frameKinds[this.#kind], bytes));
    this.#slot = next;
    if (next !== -1) return true;
    this.#slot = 0;
    if (this.#kind === 'addresses') {
      this.#kind = 'clients';
      return true;
    }
    this.#sender.send(frameOf(frameKinds.statesEnd, new Uint8Array(0)));
    return false;
  }
}
