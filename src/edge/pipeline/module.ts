import type { CallTimes } from '../counts/callTimes.ts';

/** Why a module gave its neutral answer instead of its own. */
export type NeutralReason = 'killed' | 'module-failed' | 'circuit-open';

/**
 * A step in a request's life that is allowed to fail. The guard is the only one who calls it; a module itself neither
 * catches nor counts.
 */
export interface Module<Input, Answer> {
  readonly name: string;
  /** `open`: the request goes on with the neutral answer. `closed`: it is refused. */
  readonly onFailure: 'open' | 'closed';
  /** It only looks on: its failures are counted as its own, and no gate closes over them. */
  readonly isBystander?: true;
  /** What stands in when the module is off or failed. Must not throw. */
  neutral(reason: NeutralReason): Answer;
  /** Synchronous and bounded: a hang here ends with the supervisor killing the worker. */
  run(input: Input): Answer;
}

/** Raised by the guard when a module that fails closed has no answer; the request is refused with 503. */
export class ModuleRefusal extends Error {
  override readonly name = 'ModuleRefusal';
}

/** Port: production wires `CircuitGuard`. */
export interface Guard {
  /** `isKilled`: a switch turned this module off. Throws nothing but `ModuleRefusal`. */
  call<Input, Answer>(module: Module<Input, Answer>, input: Input, isKilled: boolean): Answer;
  /**
   * `body` makes calls that follow each other closely: each is taken to begin when the one before ended, so that the clock is
   * read once for each call, not twice. Absent where nobody times them.
   */
  inARow?(body: () => void): void;
  /** Calls that failed, since the start, bystanders' apart. */
  readonly failures: number;
  /** The same by module, for metrics; absent where nobody counts so. */
  readonly modules?: ReadonlyMap<string, ModuleCounts>;
}

/** What went wrong in one module since the start. */
export interface ModuleCounts {
  readonly isBystander: boolean;
  readonly failures: number;
  /** How often its circuit opened. */
  readonly openings: number;
  /** Of calls that gave an answer or threw. */
  readonly times: CallTimes;
}
