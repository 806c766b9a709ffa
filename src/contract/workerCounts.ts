import type { KindVersions } from './bundleKind.ts';

/**
 * What a worker counts, one family per metric: closed list. Labels are the keys of a family's record, joined by `labelJoin`
 * where there are several; a family without labels has the one key ''.
 */
export const countFamilies = [
  'requests',
  /** By reason: turned away before a site was found. */
  'rejected',
  /** By reason: answered in a site's stead. */
  'errors',
  /** By who left: answers that broke off in the middle. */
  'broken',
  'refusals',
  /** By model (`active`, `shadow`) and group of ten scores. */
  'scores',
  /** By which of the two said below 30. */
  'shadowAgreement',
  /** By module. */
  'moduleFailures',
  'circuitOpenings',
  /** By module and bucket, the number of `callBoundsUs`: not cumulative. */
  'moduleCalls',
  /** By module: milliseconds of all `moduleCalls`. */
  'moduleMs',
  'logRecordsDropped',
  /** By reason: lines of the access log. */
  'accessLinesLost',
  /** By way: told to other workers, heard from them, adopted at the start. */
  'observations',
  /** By reason: observations that did not reach another worker. */
  'observationsLost',
  'errorsReported',
  'overloads',
  /** By site, origin, outcome. */
  'originRequests',
  /** By site, origin. Milliseconds. */
  'originMs',
  'originEjections',
  /** By bucket, the number of `latencyBounds`: not cumulative. */
  'answers',
  /** Milliseconds of all `answers`. */
  'answersMs',
] as const;
export type CountFamily = (typeof countFamilies)[number];

/** In no label value: names of sites and origins are printable. */
export const labelJoin = '\n';

export type FamilyCounts = Readonly<Partial<Record<CountFamily, Readonly<Record<string, number>>>>>;

/** Of one worker at one moment. */
export interface WorkerGauges {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** The longest in the last second. */
  readonly loopDelayMs: number;
  /** `calm`, `shed-connections`, `shed-requests`. */
  readonly overload: string;
  readonly connections: ConnectionCounts;
}

/** Connections of one worker. `open` holds the visitors' other three. */
export interface ConnectionCounts {
  readonly open: number;
  readonly idle: number;
  /** Requests that wait for their origin or whose body is under way. */
  readonly inRequest: number;
  readonly tunnels: number;
  /** To origins, kept ones too. */
  readonly upstream: number;
}

/**
 * Counts since the worker's start, those that are not 0, and gauges; for the supervisor alone, which adds up what the
 * workers of a slot counted one after another. Bounded by the worker.
 */
export interface WorkerCounts {
  readonly counters: FamilyCounts;
  readonly gauges: WorkerGauges;
  readonly versions: KindVersions;
}

/** How often a worker sends them; what it counted since the last time is lost with a worker that is killed. */
export const countsEveryMs = 1_000;
