import { getHeapStatistics } from 'node:v8';
import type { KindVersions } from '../../contract/bundleKind.ts';
import { type FamilyCounts, labelJoin, type WorkerCounts } from '../../contract/workerCounts.ts';
import type { CallTimes } from '../counts/callTimes.ts';
import type { Counters } from '../counts/counters.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import type { LatencyHistogram } from '../counts/latencyHistogram.ts';
import type { AccessLog } from '../log/accessLog.ts';
import type { LogSender } from '../log/logSender.ts';
import type { LoadMeter, Overload } from '../overload/index.ts';
import type { PeerCounts } from '../peers/index.ts';
import type { Guard } from '../pipeline/guard.ts';
import type { OriginGroups } from '../upstream/originGroups.ts';

/** Where a worker counts. */
export interface CountSources {
  readonly counters: Counters;
  readonly guard: Pick<Guard, 'modules'>;
  readonly reports: ErrorReports;
  readonly latency: LatencyHistogram;
  readonly groups: Pick<OriginGroups, 'all'>;
  readonly log: LogSender;
  readonly access?: Pick<AccessLog, 'lost'> | undefined;
  /** undefined: this worker has no peers. */
  readonly peers?: PeerCounts | undefined;
  /** Observations that waited too long to be told. */
  readonly observationsFull?: number;
  readonly overload: Overload;
  readonly load: LoadMeter;
  /** Visitors' connections. */
  readonly connections: number;
  /** Those on which no request is under way; tunnels are among them. */
  readonly idleConnections: number;
  readonly upstreamConnections: number;
  readonly versions: KindVersions;
}

/** Origins that a worker tells of each; what the others did is told as of one origin `other`. 100 bytes each. */
export const originsToldMax = 200;

/** Everything for one `counts` message: some 30 numbers of a quiet worker, 2 KB. */
export function gatherCounts(sources: CountSources): WorkerCounts {
  const { access, counters, peers, guard, reports, latency, log, overload, load, connections, upstreamConnections } =
    sources;
  const { forwarding, tunnels } = counters;
  return {
    counters: {
      requests: one(counters.requests),
      refusals: one(counters.refusals),
      scores: counted(counters.scores.scores().map(([model, tenth, count]) => [`${model}${labelJoin}${tenth}`, count])),
      shadowAgreement: counted(counters.scores.agreements()),
      rejected: counted(Object.entries(counters.rejected)),
      errors: counted(Object.entries(counters.errors)),
      broken: counted(Object.entries(counters.broken)),
      moduleFailures: counted([...guard.modules].map(([name, { failures }]) => [name, failures])),
      moduleCalls: counted([...guard.modules].flatMap(([name, { times }]) => callsOf(name, times))),
      moduleMs: counted([...guard.modules].map(([name, { times }]) => [name, times.sumMs])),
      circuitOpenings: counted([...guard.modules].map(([name, { openings }]) => [name, openings])),
      logRecordsDropped: one(log.dropped),
      accessLinesLost: counted(Object.entries(access?.lost ?? {})),
      observations: counted(
        peers === undefined ? [] : Object.entries({ told: peers.told, heard: peers.heard, adopted: peers.adopted }),
      ),
      observationsLost: counted(Object.entries({ ...peers?.lost, full: sources.observationsFull })),
      errorsReported: one(reports.total),
      overloads: one(overload.entered),
      answers: counted(latency.totals().map((count, bucket) => [String(bucket), count])),
      answersMs: one(latency.sumMs),
      ...originCounts(sources.groups),
    },
    gauges: {
      rssBytes: load.rssBytes,
      heapBytes: getHeapStatistics().used_heap_size,
      loopDelayMs: load.takeDelayMsMax(),
      overload: overload.state,
      connections: {
        open: connections,
        // One connection of HTTP/2 carries many requests: it is not what is left when they are taken away.
        idle: Math.max(0, sources.idleConnections - tunnels),
        inRequest: forwarding - tunnels,
        tunnels,
        upstream: upstreamConnections,
      },
    },
    versions: sources.versions,
  };
}

function originCounts(groups: Pick<OriginGroups, 'all'>): FamilyCounts {
  const originRequests: Record<string, number> = {};
  const originMs: Record<string, number> = {};
  const originEjections: Record<string, number> = {};
  const add = (to: Record<string, number>, key: string, count: number) => {
    if (count > 0) to[key] = (to[key] ?? 0) + count;
  };
  let told = 0;
  for (const { siteName, members } of groups.all()) {
    for (const { key, outcomes, durationMsSum, outlier } of members) {
      if (Object.values(outcomes).every((count) => count === 0)) continue;
      told += 1;
      // Behind the URL stands what was agreed on TLS.
      const [origin = ''] = key.split('#', 1);
      const label = told > originsToldMax ? otherOrigin : `${siteName}${labelJoin}${origin}`;
      for (const [outcome, count] of Object.entries(outcomes)) {
        add(originRequests, `${label}${labelJoin}${outcome}`, count);
      }
      add(originMs, label, durationMsSum);
      add(originEjections, label, outlier.ejections);
    }
  }
  return { originRequests, originMs, originEjections };
}

const otherOrigin = `other${labelJoin}other`;

function one(count: number): Readonly<Record<string, number>> {
  return count === 0 ? {} : { '': count };
}

function counted(entries: readonly (readonly [string, number | undefined])[]): Readonly<Record<string, number>> {
  return Object.fromEntries(entries.filter(([, count]) => count !== undefined && count > 0)) as Record<string, number>;
}

function callsOf(module: string, times: CallTimes): [string, number][] {
  return Array.from(times.counts, (count, bucket) => [`${module}${labelJoin}${bucket}`, count]);
}
