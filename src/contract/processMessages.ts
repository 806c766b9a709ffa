import type { RequestHeadParts } from '../http/buildRequestHead.ts';
import type { BundleKind, KindVersions } from './bundleKind.ts';
import type { Finding } from './finding.ts';
import type { ModelFile } from './kinds/modelFile.ts';
import type { Switch } from './kinds/switchesFile.ts';
import type { NamesAnswer, OperatorEvidence } from './verifiedBots.ts';
import type { WorkerCounts } from './workerCounts.ts';

/*
 * Messages over the supervisor's IPC channels. The supervisor relays between agent and workers and understands little
 * of it: the fewer decisions it takes, the fewer it can take wrongly.
 */

/** To one worker. */
export type ToWorker =
  /** Load exactly these versions from the last-good store, check, swap one reference; answer `activated` or `refused`. */
  | {
      readonly type: 'activate';
      readonly id: number;
      readonly versions: KindVersions;
      readonly localKilled: readonly Switch[];
    }
  /** What is known of an operator of bots now. */
  | { readonly type: 'bot-evidence'; readonly evidence: OperatorEvidence }
  /** What name servers said of addresses; also those that another worker asked for. */
  | { readonly type: 'names'; readonly answers: readonly NamesAnswer[] }
  /** A model that scores beside the one in force and acts on nothing; null: none any more. Validated by the agent. */
  | { readonly type: 'shadow'; readonly model: ModelFile | null }
  /** Accept no more connections, finish the open ones, then exit 0. */
  | {
      readonly type: 'drain';
      readonly deadlineMs: number;
      /** The whole edge ends: idle connections are closed at once instead of waiting for their next request. */
      readonly closeIdle?: boolean;
    };

/** From one worker. */
export type FromWorker =
  /** It listens and serves with these versions; `missing` says what it lacks and why. */
  | { readonly type: 'ready'; readonly versions: KindVersions; readonly missing: readonly Finding[] }
  /** Every `heartbeatMs`; the supervisor kills a worker that stays silent. */
  | { readonly type: 'heartbeat'; readonly health: WorkerHealth }
  /** Every `countsEveryMs` and at the end; the supervisor's alone, for its admin socket. */
  | { readonly type: 'counts'; readonly counts: WorkerCounts }
  | { readonly type: 'activated'; readonly id: number; readonly versions: KindVersions }
  | { readonly type: 'refused'; readonly id: number; readonly findings: readonly Finding[] }
  /** Addresses that claim to be somebody's: what are their names? Bounded by the worker. */
  | { readonly type: 'ask-names'; readonly addresses: readonly string[] }
  /** A few real request heads for rehearsal, each sent once; bounded in count and bytes by the worker. */
  | { readonly type: 'sample'; readonly heads: readonly RequestHeadParts[] };

/** Counters since the worker's start, and gauges. */
export interface WorkerHealth {
  readonly requests: number;
  /** 5xx that the edge itself made (never the origin's). */
  readonly status5xxOwn: number;
  /** 502/504 because the origin failed; apart, because no configuration caused them. */
  readonly upstreamFailures: number;
  readonly refusals: number;
  readonly moduleFailures: number;
  /** How often a module was left alone because it kept failing or ate the time; a worker of an older release says nothing. */
  readonly circuitOpenings?: number;
  readonly logRecordsDropped: number;
  /** Reason → count of requests or connections turned away before a site was found; closed list in `edge/`. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly latencyP99Ms: number;
  readonly rssBytes: number;
}

/** From the agent to the supervisor. */
export type FromAgent =
  | { readonly type: 'to-worker'; readonly slot: number; readonly message: ToWorker }
  /** After this, a worker that starts must not load these versions; the store already says so. */
  | { readonly type: 'replace-worker'; readonly slot: number }
  /** Replaces every worker, one after another. */
  | { readonly type: 'replace-workers' }
  /** A `reload` is over, well or not. */
  | { readonly type: 'reloaded' }
  /** Every `agentHeartbeatMs`: it lives. */
  | { readonly type: 'heartbeat' };

/** From the supervisor to the agent. */
export type ToAgent =
  | { readonly type: 'from-worker'; readonly slot: number; readonly message: FromWorker }
  | {
      readonly type: 'worker-started';
      readonly slot: number;
      readonly pid: number;
      /** How long it has lived; more than 0 when a new agent is told of the workers that are there. */
      readonly livedMs?: number;
    }
  | {
      readonly type: 'worker-died';
      readonly slot: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly hung: boolean;
      readonly livedMs?: number;
    }
  /** Workers died again and again on the current set and run the one before now; told once for a row of deaths. */
  | { readonly type: 'current-kills' }
  /** SIGHUP: read the local configuration file again. */
  | { readonly type: 'reload' };

export const heartbeatMs = 250;
export const heartbeatSilenceMs = 3_000;
export const agentHeartbeatMs = 1_000;
/** Longer than a worker's: the agent answers nobody's requests, and a slow disk may hold it. */
export const agentSilenceMs = 15_000;

/** What an agent says of a bundle to control. */
export type BundleReport =
  | { readonly outcome: 'ack'; readonly kind: BundleKind; readonly version: number }
  | {
      readonly outcome: 'nack';
      readonly kind: BundleKind;
      readonly version: number;
      readonly findings: readonly Finding[];
    };
