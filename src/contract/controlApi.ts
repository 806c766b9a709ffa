import type { BundleKind, KindVersions } from './bundleKind.ts';
import type { Finding } from './finding.ts';
import type { Switch } from './kinds/switchesFile.ts';
import type { BundleReport, WorkerHealth } from './processMessages.ts';

/*
 * Control's HTTP API. Every call but /healthz, /metrics and /openapi.json carries `Authorization: Bearer TOKEN`.
 *
 *   GET  /v1/edges/:edge/wanted?features=12&model=1&switches=3&waitS=20   long poll; 200 Wanted
 *   POST /v1/edges/:edge/report                     EdgeReport → 204
 *   GET  /v1/bundles/:kind/:version                 the bundle's bytes
 *   GET  /v1/kinds                                  KindStatus[]
 *   GET  /v1/kinds/:kind                            KindStatus
 *   POST /v1/kinds/:kind/bundles                    a signed bundle's bytes → 201 | 409 | 422 | 423 (ApiError)
 *   POST /v1/kinds/:kind/payloads?acceptShift=true  a bare payload; control numbers and signs it → 201 | 422 | 423
 *                                                   both take ?note=TEXT for the history; 201 carries {kind, version, sha256}
 *   POST /v1/kinds/:kind/refusals RefusalReport     the factory refused before it signed → 204
 *   POST /v1/kinds/:kind/rollback {version}         old content under a new number, 0: the shipped one → 201; also while frozen
 *   POST /v1/kinds/:kind/freeze | unfreeze          → 200 KindStatus; 422 for switches
 *   GET  /v1/switches                               {killed}
 *   POST /v1/switches {kill: Switch} | {unkill}     → 200 {killed, version}
 *   GET  /v1/edges                                  EdgeStatus[]
 *   GET  /v1/audit                                  AuditRow[], newest first
 */

/**
 * Newest version of each kind that an edge should run; it fetches what it lacks. Answers at once when anything differs. A
 * kind that is frozen is left out, unless somebody rolled back since.
 */
export interface Wanted {
  readonly versions: KindVersions;
}

export interface EdgeReport {
  readonly versions: KindVersions;
  readonly bundles: readonly BundleReport[];
  readonly workers: readonly { readonly slot: number; readonly health: WorkerHealth }[];
  readonly localKilled: readonly Switch[];
}

export interface KindStatus {
  readonly kind: BundleKind;
  /** 0: control holds none and edges run what the software ships. */
  readonly latest: number;
  readonly latestSha256: string | null;
  /** The number for the next bundle: above `latest` and above all that any edge ever spoke of. */
  readonly next: number;
  readonly frozen: boolean;
  /** Newest first, at most 50. */
  readonly history: readonly {
    readonly version: number;
    readonly madeAtMs: number;
    readonly sha256: string;
    readonly note: string;
  }[];
  /** The last refusals at control or on edges, newest first, at most 50. */
  readonly refusals: readonly {
    readonly version: number | null;
    readonly where: string;
    readonly atMs: number;
    readonly findings: readonly Finding[];
  }[];
}

/** What a bundle or payload that control took has become. */
export interface Published {
  readonly kind: BundleKind;
  readonly version: number;
  /** Of the payload. */
  readonly sha256: string;
}

export interface RollbackRequest {
  readonly version: number;
}

/** What is switched off everywhere, and the version of the bundle that says so. */
export interface SwitchesStatus {
  readonly killed: readonly Switch[];
  readonly version: number;
}

/** Whether it names a switch is asked behind the schema: the answer then lists what there is. */
export type SwitchChange = { readonly kill: string } | { readonly unkill: string };

/** A refusal that happened before there was a bundle. `where` is `factory`, or the name of who refused. */
export interface RefusalReport {
  readonly where: string;
  readonly findings: readonly Finding[];
}

export interface AuditRow {
  readonly atMs: number;
  /** Id of the token that asked, never the token. */
  readonly who: string;
  readonly action: string;
  readonly detail: string;
}

export interface EdgeStatus {
  readonly edge: string;
  readonly lastSeenMs: number;
  readonly report: EdgeReport;
}

export interface ApiError {
  readonly error: string;
  /** What to do about it. */
  readonly help: string;
  readonly findings?: readonly Finding[];
}
