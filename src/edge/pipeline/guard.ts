import type { Clock } from '../../kernel/clock.ts';
import { CallTimes } from '../counts/callTimes.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import { Circuit } from './circuit.ts';
import { type Guard, type Module, type ModuleCounts, ModuleRefusal, type NeutralReason } from './module.ts';

interface Watched extends ModuleCounts {
  readonly circuit: Circuit;
  failures: number;
  openings: number;
}

/**
 * The only place where module failure is decided: consults the switches, catches and counts throws, times the call, and
 * leaves a module alone that keeps failing or eats the time. What it does then is what the module declares.
 */
export class CircuitGuard implements Guard {
  readonly #clock: Clock;
  readonly #reports: ErrorReports;
  readonly #modules = new Map<string, Watched>();
  #failures = 0;
  /** When the call before ended, within a row of them. */
  #beforeMs: number | undefined;

  constructor(clock: Clock, reports: ErrorReports) {
    this.#clock = clock;
    this.#reports = reports;
  }

  get failures(): number {
    return this.#failures;
  }

  get modules(): ReadonlyMap<string, ModuleCounts> {
    return this.#modules;
  }

  inARow(body: () => void): void {
    this.#beforeMs = this.#clock.monotonicMs();
    try {
      body();
    } finally {
      this.#beforeMs = undefined;
    }
  }

  call<Input, Answer>(module: Module<Input, Answer>, input: Input, isKilled: boolean): Answer {
    // Switched off by a person is not a failure: it never closes a gate.
    if (isKilled) return module.neutral('killed');
    const watched = this.#watched(module.name, module.isBystander === true);
    const startedMs = this.#beforeMs ?? this.#clock.monotonicMs();
    if (!watched.circuit.mayCall(startedMs)) return this.#standIn(module, 'circuit-open');
    let answer: Answer;
    try {
      answer = module.run(input);
    } catch (error) {
      if (!watched.isBystander) this.#failures += 1;
      watched.failures += 1;
      this.#reports.add(module.name, error);
      this.#record(module.name, watched, startedMs, true);
      const answer = this.#standIn(module, 'module-failed');
      this.#lookAgain();
      return answer;
    }
    this.#record(module.name, watched, startedMs, false);
    return answer;
  }

  #record(name: string, watched: Watched, startedMs: number, hasThrown: boolean): void {
    const endedMs = this.#clock.monotonicMs();
    if (this.#beforeMs !== undefined) this.#beforeMs = endedMs;
    watched.times.record(endedMs - startedMs);
    if (!watched.circuit.record(startedMs, endedMs, hasThrown)) return;
    watched.openings += 1;
    this.#reports.add(name, new Error('circuit opened: the module fails or eats the time, it is skipped'));
    this.#lookAgain();
  }

  /** What was done about one module's failure is not the next one's time. */
  #lookAgain(): void {
    if (this.#beforeMs !== undefined) this.#beforeMs = this.#clock.monotonicMs();
  }

  #standIn<Answer>(module: Module<never, Answer>, reason: NeutralReason): Answer {
    if (module.onFailure === 'open') return module.neutral(reason);
    throw new ModuleRefusal(`${module.name}: ${reason}`);
  }

  #watched(name: string, isBystander: boolean): Watched {
    let watched = this.#modules.get(name);
    if (watched === undefined) {
      watched = { isBystander, circuit: new Circuit(), times: new CallTimes(), failures: 0, openings: 0 };
      this.#modules.set(name, watched);
    }
    return watched;
  }
}
