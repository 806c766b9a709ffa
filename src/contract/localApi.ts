import type { KindVersions } from './bundleKind.ts';
import type { Finding } from './finding.ts';
import type { Switch } from './kinds/switchesFile.ts';
import type { BundleReport } from './processMessages.ts';

/*
 * What the command line reads of the agent's answers on the unix socket `<data>/run/agent.sock` (the calls stand in
 * `agent/localApi.ts`). Both ends may be of different releases for a moment, so every field beyond these is extra.
 */

/** `GET /local/status` */
export interface LocalStatus {
  readonly edge: string;
  /** In force on this edge. */
  readonly versions: KindVersions;
  /** Switched off here alone; what is off everywhere stands in the `switches` bundle. */
  readonly localKilled: readonly Switch[];
  readonly control: 'none' | 'reachable' | 'unreachable';
  /** What last good lacked when the agent started. */
  readonly missing: readonly Finding[];
  /** What became of the last bundles, oldest first. */
  readonly outcomes: readonly {
    readonly atMs: number;
    readonly outcome:
      | BundleReport
      | { readonly outcome: 'superseded' | 'later'; readonly kind: string; readonly version: number };
  }[];
}

/** `POST /local/kill` and `/local/unkill`; findings when a worker did not take it. */
export interface LocalSwitchAnswer {
  readonly killed: readonly Switch[];
  readonly findings: readonly Finding[];
}
