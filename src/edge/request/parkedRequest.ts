import type { Guard, OnPath } from '../pipeline/guard.ts';
import { isFinalStep, type Step, type Waiting as WaitingStep } from '../pipeline/step.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';

type Resumption = Exclude<Step, WaitingStep> | undefined;

/** A request that waits at a module, with an end to it. Goes on once: resumed, too late, or because the module failed. */
export class ParkedRequest implements Waiting {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  readonly #guard: Guard;
  readonly #on: OnPath;
  readonly #deadlines: Deadlines;
  readonly #goOn: (step: Resumption | 'failed') => void;
  #step: WaitingStep | undefined;
  #cancel: (() => void) | undefined;

  constructor(guard: Guard, on: OnPath, deadlines: Deadlines, goOn: (step: Resumption | 'failed') => void) {
    this.#guard = guard;
    this.#on = on;
    this.#deadlines = deadlines;
    this.#goOn = goOn;
  }

  start(step: WaitingStep): void {
    this.#step = step;
    this.#deadlines.watch(this);
    this.deadlineMs = this.#deadlines.nowMs + step.forMs;
    let cancel: (() => void) | undefined;
    const hasFailed = this.#guard.attempt(this.#on, 'wait', () => {
      cancel = step.start((word) => this.#resume(word));
      if (typeof cancel !== 'function') throw new TypeError('its answer is none');
    });
    if (hasFailed) this.#end('failed');
    // It may have been resumed at once.
    else if (this.#step !== undefined) this.#cancel = cancel;
  }

  onDeadline(): void {
    const late = this.#step?.late;
    this.#stopWaiting();
    const isSound = late === undefined || isFinalStep(late, this.#on.reasons);
    if (!isSound) this.#guard.onSilent(this.#on, 'what a wait comes to is no answer');
    this.#end(isSound ? late : 'failed');
  }

  /** The visitor left. */
  leave(): void {
    this.#stopWaiting();
    this.#step = undefined;
    this.#deadlines.unwatch(this);
  }

  #resume(word: Resumption): void {
    if (this.#step === undefined) return;
    const isSound = word === undefined || isFinalStep(word, this.#on.reasons);
    if (!isSound) this.#guard.onSilent(this.#on, 'what it resumed a request with is no answer');
    this.#end(isSound ? word : 'failed');
  }

  #stopWaiting(): void {
    const cancel = this.#cancel;
    this.#cancel = undefined;
    if (cancel !== undefined) this.#guard.attempt(this.#on, 'cancel', cancel);
  }

  #end(word: Resumption | 'failed'): void {
    if (this.#step === undefined) return;
    this.#step = undefined;
    this.#deadlines.unwatch(this);
    this.#goOn(word);
  }
}
