import type { Clock } from '../../kernel/clock.ts';
import type { FailureMeaning } from '../../modules/row/declaration.ts';
import { CallTimes } from '../counts/callTimes.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import { Circuit, circuitLimits } from './circuit.ts';
import type { Module, NeutralReason, PipelineRequest, Steps } from './module.ts';
import { isFinalStep, isStep, type Step } from './step.ts';

/** What went wrong in one module since the start, over all sites. */
export interface ModuleCounts {
  readonly isBystander: boolean;
  readonly failures: number;
  /** How often a circuit of it opened. */
  readonly openings: number;
  /** Of calls that gave an answer or threw. */
  readonly times: CallTimes;
}

/** Of calls beside heads, one in so many is timed and counts for all of them. */
const timedOneOf = 17;

interface Watched extends ModuleCounts {
  /** Calls since the last that was timed. */
  untimed: number;
  /** Whether the module eats the worker's time, whichever site it is spent on. */
  readonly time: Circuit;
  failures: number;
  openings: number;
}

/** A module on the path of one site, as the guard watches it there. */
export interface OnPath {
  readonly module: Module;
  /** undefined: a switch turned it off here. */
  readonly steps: Steps | undefined;
  readonly failure: FailureMeaning;
  /** The reasons that it may give. */
  readonly reasons: ReadonlySet<string>;
  readonly watched: Watched;
  /** Whether it keeps failing for this site. */
  readonly circuit: Circuit;
}

/** In the place of what a module would have said: why it said nothing. */
export class NoAnswer {
  readonly reason: NeutralReason;

  constructor(reason: NeutralReason) {
    this.reason = reason;
  }
}
const failed = new NoAnswer('module-failed');
const leftAlone = new NoAnswer('circuit-open');

/** A request while modules judge its head. */
export interface HeadOnPath extends PipelineRequest {
  /** What a module said that ends the request's way, or parks it; undefined: it goes on. */
  step: Step | undefined;
  /** A module that may not be left out failed. */
  isClosed: boolean;
}

/**
 * The only place where module failure is decided: catches and counts throws and answers that are none, times the call, and
 * leaves a module alone that keeps failing for a site or eats the time. What it does then is what the module declares.
 */
export class Guard {
  readonly #clock: Clock;
  readonly #reports: ErrorReports;
  readonly #modules = new Map<string, Watched>();
  /** By site and module: they outlive the set that a path was compiled for. */
  #circuits = new Map<string, Circuit>();
  #kept = new Map<string, Circuit>();
  #failures = 0;
  /** When the call before ended, within a row of them. */
  #beforeMs: number | undefined;

  constructor(clock: Clock, reports: ErrorReports) {
    this.#clock = clock;
    this.#reports = reports;
  }

  /** Calls that failed, since the start, bystanders' apart. */
  get failures(): number {
    return this.#failures;
  }

  get modules(): ReadonlyMap<string, ModuleCounts> {
    return this.#modules;
  }

  /** Watches a module on the path of a site; `steps` undefined: it is switched off. */
  watch(module: Module, steps: Steps | undefined, site: string): OnPath {
    const { name, failure, reasons = {}, isBystander = false } = module.declaration;
    const key = `${name}\n${site}`;
    const circuit = this.#kept.get(key) ?? this.#circuits.get(key) ?? new Circuit('failures');
    this.#kept.set(key, circuit);
    let watched = this.#modules.get(name);
    if (watched === undefined) {
      watched = {
        isBystander,
        time: new Circuit('time'),
        times: new CallTimes(),
        failures: 0,
        openings: 0,
        untimed: 0,
      };
      this.#modules.set(name, watched);
    }
    return { module, steps, failure, reasons: new Set(Object.keys(reasons)), watched, circuit };
  }

  /** All paths of a set are watched: circuits of sites that are gone go, too. */
  forgetOthers(): void {
    this.#circuits = this.#kept;
    this.#kept = new Map();
  }

  /**
   * `body` makes calls that follow each other closely: each is taken to begin when the one before ended, so that the clock is
   * read once for each call, not twice.
   */
  inARow(body: () => void): void {
    this.#beforeMs = this.#clock.monotonicMs();
    try {
      body();
    } finally {
      this.#beforeMs = undefined;
    }
  }

  /** The module's word on a head. Without an answer its neutral one stands in, as it declares. */
  head(on: OnPath, request: HeadOnPath): void {
    const { module, steps } = on;
    if (steps === undefined) {
      // Switched off by a person is not a failure: it never closes a gate.
      this.neutral(module, request, 'killed');
      return;
    }
    const step =
      steps.head === undefined ? undefined : this.call(on, steps, steps.head, request, undefined, isStepOrPass);
    if (!(step instanceof NoAnswer)) {
      request.step = step;
      return;
    }
    this.#standIn(on, steps, request, step.reason);
    this.#lookAgain();
  }

  /**
   * One call of one step. `isSound` looks at what came back: rubbish counts as a failure like a throw does. Gives a
   * `NoAnswer` where there is none; what that means is the caller's to carry out, from `on.failure`.
   */
  call<Argument, Answer>(
    on: OnPath,
    steps: Steps,
    step: (this: Steps, request: PipelineRequest, argument: Argument) => Answer,
    request: PipelineRequest,
    argument: Argument,
    isSound: (answer: unknown, on: OnPath) => boolean = isAnything,
  ): Answer | NoAnswer {
    // Heads are timed one by one; of the short steps beside them one in so many stands for all, while all is well.
    const isHead = isTimed(steps, step);
    if (!isHead && on.circuit.isCalm && on.watched.time.isCalm && ++on.watched.untimed < timedOneOf) {
      return this.#callUntimed(on, steps, step, request, argument, isSound);
    }
    const weight = isHead ? 1 : Math.max(1, on.watched.untimed);
    if (!isHead) on.watched.untimed = 0;
    // In a row of them the clock was not read for the short ones before.
    const startedMs = (isHead ? this.#beforeMs : undefined) ?? this.#clock.monotonicMs();
    if (!on.circuit.mayCall(startedMs) || !on.watched.time.mayCall(startedMs)) return leftAlone;
    let answer: Answer;
    try {
      answer = step.call(steps, request, argument);
      if (answer !== undefined && (isPromise(answer) || !isSound(answer, on)))
        throw new TypeError('its answer is none');
    } catch (error) {
      this.#fail(on, error);
      this.#record(on, startedMs, true, step, 1);
      this.#lookAgain();
      return failed;
    }
    this.#record(on, startedMs, false, step, weight);
    return answer;
  }

  #callUntimed<Argument, Answer>(
    on: OnPath,
    steps: Steps,
    step: (this: Steps, request: PipelineRequest, argument: Argument) => Answer,
    request: PipelineRequest,
    argument: Argument,
    isSound: (answer: unknown, on: OnPath) => boolean,
  ): Answer | NoAnswer {
    try {
      const answer = step.call(steps, request, argument);
      if (answer === undefined || (!isPromise(answer) && isSound(answer, on))) return answer;
      throw new TypeError('its answer is none');
    } catch (error) {
      const nowMs = this.#clock.monotonicMs();
      this.#fail(on, error);
      this.#record(on, nowMs, true, step, 1);
      this.#lookAgain();
      return failed;
    }
  }

  /** A call that is made for its own sake, in the middle of a body: no clock, because there are many of them. true: it failed. */
  attempt(on: OnPath, what: string, body: () => unknown): boolean {
    try {
      if (isPromise(body())) throw new TypeError('it promises instead of doing');
      if (!on.circuit.isCalm) this.#recordAside(on, what, false);
      return false;
    } catch (error) {
      this.#fail(on, error);
      this.#recordAside(on, what, true);
      return true;
    }
  }

  /** What is asked of a module beside its steps; undefined: it failed, which is told and counted. */
  aside<Answer>(module: Module, ask: () => Answer): Answer | undefined {
    try {
      return ask();
    } catch (error) {
      const watched = this.#modules.get(module.declaration.name);
      if (watched !== undefined) watched.failures += 1;
      this.#reports.add(module.declaration.name, error);
      return undefined;
    }
  }

  #recordAside(on: OnPath, what: string, hasFailed: boolean): void {
    const nowMs = this.#clock.monotonicMs();
    if (on.circuit.record(nowMs, nowMs, hasFailed, what)) this.#tellOpened(on);
  }

  /** What the module promised did not come in time; counts as a failure. */
  onSilent(on: OnPath, what: string): void {
    this.#fail(on, new Error(what));
    this.#recordAside(on, what, true);
  }

  #standIn({ module, failure }: OnPath, steps: Steps, request: HeadOnPath, reason: NeutralReason): void {
    this.neutral(module, request, reason);
    if (failure.before === 'closed') request.isClosed = true;
    else if (failure.before === 'stale') request.step = this.lastAnswer(module, steps, request);
  }

  /** It must not throw; where it does all the same, its slot stays as it was. */
  neutral(module: Module, request: PipelineRequest, reason: NeutralReason): void {
    this.aside(module, () => module.neutral?.(request, reason));
  }

  /** What a module does behind a batch is nobody's answer: a throw is told, and that is all. */
  afterHeads(module: Module): void {
    try {
      module.afterHeads?.();
    } catch (error) {
      this.#reports.add(module.declaration.name, error);
    }
  }

  /** undefined: it has none that can be given. */
  lastAnswer(module: Module, steps: Steps, request: PipelineRequest): Exclude<Step, { kind: 'wait' }> | undefined {
    try {
      const step = steps.lastAnswer?.(request);
      return step !== undefined && isFinalStep(step, reasonsOf(module)) ? step : undefined;
    } catch (error) {
      this.#reports.add(module.declaration.name, error);
      return undefined;
    }
  }

  #fail({ module, watched }: OnPath, error: unknown): void {
    if (!watched.isBystander) this.#failures += 1;
    watched.failures += 1;
    this.#reports.add(module.declaration.name, error);
  }

  #record(on: OnPath, startedMs: number, hasThrown: boolean, step: unknown, weight: number): void {
    const endedMs = this.#clock.monotonicMs();
    if (this.#beforeMs !== undefined) this.#beforeMs = endedMs;
    const { circuit, steps, watched } = on;
    const tookMs = endedMs - startedMs;
    if (steps === undefined || isTimed(steps, step)) watched.times.record(tookMs);
    const isNoteworthy = hasThrown || tookMs > circuitLimits.callMsMax || !circuit.isCalm;
    const keepsFailing = isNoteworthy && circuit.record(startedMs, endedMs, hasThrown, step);
    const eatsTime = watched.time.record(startedMs, endedMs, hasThrown, step, weight);
    if (keepsFailing || eatsTime) this.#tellOpened(on);
  }

  #tellOpened({ module, watched }: OnPath): void {
    watched.openings += 1;
    const message = 'circuit opened: the module fails or eats the time, it is skipped';
    this.#reports.add(module.declaration.name, new Error(message));
    this.#lookAgain();
  }

  /** What was done about one module's failure is not the next one's time. */
  #lookAgain(): void {
    if (this.#beforeMs !== undefined) this.#beforeMs = this.#clock.monotonicMs();
  }
}

/** What a call takes is told of heads, since the short steps beside them would hide it; modules without a head tell of what they have. */
function isTimed(steps: Steps, step: unknown): boolean {
  return steps.head === undefined || steps.head === step;
}

/** Steps do their work at once: what a promise would come to belongs to no request any more. Its rejection ends nothing. */
function isPromise(answer: unknown): boolean {
  if (typeof (answer as Promise<unknown> | undefined | null)?.then !== 'function') return false;
  (answer as Promise<unknown>).then(undefined, () => {});
  return true;
}

function isAnything(): boolean {
  return true;
}

function isStepOrPass(answer: unknown, { reasons }: OnPath): boolean {
  return isStep(answer, reasons);
}

function reasonsOf({ declaration }: Module): ReadonlySet<string> {
  return new Set(Object.keys(declaration.reasons ?? {}));
}
