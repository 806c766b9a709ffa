import type { Finding } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';

/** A refusal as control lists it. */
export interface ListedRefusal {
  readonly where: string;
  readonly atMs: number;
  readonly findings: readonly Finding[];
}

/** What was handed over, and what came of it. */
export type Offer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly where: string; readonly findings: readonly Finding[] };

/**
 * The real processes that a drill plays with. Implemented in `main/`, which starts them in a folder of their own on free
 * ports and ends them all in the end.
 */
export interface DrillStage {
  /** Which proxy of that day stands in for parts of the edge; `none` is the product. */
  readonly unprotected: 'none' | 'new' | 'old';
  readonly host: string;
  readonly port: number;
  readonly factoryEveryMs: number;
  /** The status with which the site's rule refuses. */
  readonly blockStatus: number;
  /** The grants of the user that reads `system.columns`, from now on. */
  grant(databases: readonly string[]): void;
  /** How many cycles the factory has ended so far. */
  cyclesEnded(): Promise<number>;
  /** What control lists as refused, newest first. */
  refusals(): Promise<readonly ListedRefusal[]>;
  /** A bundle that is signed correctly with the key in use, under a number that was never used. */
  sign(file: FeatureFile): Promise<Uint8Array>;
  offerToControl(bundle: Uint8Array): Promise<Offer>;
  /** Straight at the edge's agent, past factory and control. */
  offerToEdge(bundle: Uint8Array): Promise<Offer>;
  /** The edge's trace as `key=value`; null when it does not answer. */
  trace(): Promise<Readonly<Record<string, string>> | null>;
  /** SIGKILL, and nobody starts them again. */
  killControlAndFactory(): Promise<void>;
  /** SIGKILL to every process of the edge; resolves when it serves again, rejects when it does not come back. */
  restartEdge(): Promise<void>;
}
