import type { Scheme } from '../ask.ts';
import type { PinnedProcess } from '../pinned.ts';

/** What a case asks of a contender. */
export interface Setup {
  readonly scheme: Scheme;
  readonly originPort: number;
  readonly certificate: { readonly certificatePath: string; readonly keyPath: string; readonly bothPath: string };
  /** Path of the program `holdfast`; made when it is first asked for. */
  readonly launcher: () => string;
  /** One in the cases on one core, two at start-up. */
  readonly workers: number;
  /** Connections that it has to hold at once. */
  readonly connections: number;
  /** null: any core. */
  readonly core: number | null;
  /** Its own, empty; removed after the case. */
  readonly folder: string;
  /** Where its workers leave a .cpuprofile; null: they make none. */
  readonly profileFolder: string | null;
}

/** Something that proxies. It answers like the origin behind it, adding X-Forwarded-For and Via to what it passes on. */
export interface Contender {
  readonly name: string;
  /** Whether the origin is told a bot score; null: nobody cares. Checked before anything is measured. */
  readonly tellsScore: boolean | null;
  /** Why it cannot serve a scheme; null: it can. */
  notServed(scheme: Scheme): string | null;
  /** Starts it; it need not answer yet. */
  start(setup: Setup): Promise<RunningContender>;
}

export interface RunningContender {
  readonly port: number;
  readonly process: PinnedProcess;
  /** Called once when it answers, before it is measured. */
  ready?(): Promise<void>;
  /** Throws when a round was not what it seems, such as a log that nobody received. Called after each round. */
  checkRound?(requests: number): Promise<void>;
  /** What else is worth a figure, by measure: of the time since the last call. Called after the warm-up and each round. */
  moreFigures?(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/** A contender that is one command with one configuration. */
export function running(port: number, process: PinnedProcess): RunningContender {
  return { port, process, stop: () => process.stop() };
}
