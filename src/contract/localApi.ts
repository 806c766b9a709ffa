import type { KindVersions } from './bundleKind.ts';
import type { BundleReport } from './processMessages.ts';
import type { Switch } from './switchesFile.ts';

/*
 * The agent's HTTP API on the unix socket `<data>/run/agent.sock`; who may open the socket may use it. It works with
 * control dead. Failures carry an `ApiError` as control's do.
 *
 *   GET  /local/status                  LocalStatus
 *   POST /local/kill {name}             → 200 LocalStatus | 422 (no such switch)
 *   POST /local/unkill {name}           → 200 LocalStatus; takes back local kills alone
 *   POST /local/bundles/:kind           a signed bundle's bytes → 200 {kind, version} | 409 | 422 with findings
 *   POST /local/reload                  reads the configuration file again → 200 | 422 with findings
 */

export interface LocalStatus {
  readonly edge: string;
  /** In force on this edge. */
  readonly versions: KindVersions;
  /** Switched off by the `switches` bundle in force. */
  readonly killed: readonly Switch[];
  /** Switched off here alone. */
  readonly localKilled: readonly Switch[];
  /** The last reports, newest last. */
  readonly bundles: readonly BundleReport[];
}
