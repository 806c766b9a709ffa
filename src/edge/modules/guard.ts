import type { Clock } from '../../kernel/clock.ts';
import { Circuit } from './circuit.ts';
import type { ErrorReports } from './errorReports.ts';
import { type Guard, type Module, ModuleRefusal, type NeutralReason } from './module.ts';

/**
 * The only place where module failure is decided: consults the switches, catches and counts throws, times the call, and
 * leaves a module alone that keeps failing or eats the time. What it does then is what the module declares.
 */
export class CircuitGuard implements Guard {
  readonly #clock: Clock;
  readonly #reports: ErrorReports;
  readonly #circuits = new Map<string, Circuit>();
  #failures = 0;

  constructor(clock: Clock, reports: ErrorReports) {
    this.#clock = clock;
    this.#reports = reports;
  }

  get failures(): number {
    return this.#failures;
  }

  call<Input, Answer>(module: Module<Input, Answer>, input: Input, isKilled: boolean): Answer {
    // Switched off by a person is not a failure: it never closes a gate.
    if (isKilled) return module.neutral('killed');
    const circuit = this.#circuitOf(module.name);
    const startedMs = this.#clock.monotonicMs();
    if (!circuit.mayCall(startedMs)) return this.#standIn(module, 'circuit-open');
    let answer: Answer;
    try {
      answer = module.run(input);
    } catch (error) {
      this.#failures += 1;
      this.#reports.add(module.name, error);
      this.#record(module.name, circuit, startedMs, true);
      return this.#standIn(module, 'module-failed');
    }
    this.#record(module.name, circuit, startedMs, false);
    return answer;
  }

  #record(name: string, circuit: Circuit, startedMs: number, hasThrown: boolean): void {
    const hasOpened = circuit.record(startedMs, this.#clock.monotonicMs(), hasThrown);
    if (hasOpened)
      this.#reports.add(name, new Error('circuit opened: the module fails or eats the time, it is skipped'));
  }

  #standIn<Answer>(module: Module<never, Answer>, reason: NeutralReason): Answer {
    if (module.onFailure === 'open') return module.neutral(reason);
    throw new ModuleRefusal(`${module.name}: ${reason}`);
  }

  #circuitOf(name: string): Circuit {
    let circuit = this.#circuits.get(name);
    if (circuit === undefined) {
      circuit = new Circuit();
      this.#circuits.set(name, circuit);
    }
    return circuit;
  }
}
