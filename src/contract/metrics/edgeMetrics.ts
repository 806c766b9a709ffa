import { moduleNames } from '../../modules/all.ts';
import { type OwnError, ownErrors, rejections } from '../reasons/answerReasons.ts';
import { callBoundsUs, latencyBoundsMs } from './bounds.ts';
import {
  agreements,
  breakers,
  deathCauses,
  lineLosses,
  observationLosses,
  observationWays,
  overloadStates,
  replacementCauses,
} from './labelValues.ts';
import type { MetricRow } from './metricRow.ts';

const tenths = [1, 10, 20, 30, 40, 50, 60, 70, 80, 90] as const;
/** Without what the site wants (blocked, limited): nothing went wrong, so it is counted as a declining. */
const errorReasons = Object.keys(ownErrors).filter((reason) => ownErrors[reason as OwnError].isWished !== true);
const site = { name: 'site' } as const;
const origin = { name: 'origin' } as const;
const module_ = { name: 'module', values: moduleNames } as const;

/** Every metric of `/metrics`, in the page's order. */
export const edgeMetrics = [
  {
    name: 'holdfast_edge_build_info',
    type: 'gauge',
    of: 'edge',
    labels: [{ name: 'version' }, { name: 'node' }],
    help: 'The software of the supervisor',
  },
  {
    name: 'holdfast_edge_start_time_seconds',
    type: 'gauge',
    of: 'edge',
    labels: [],
    help: 'When the supervisor started, since 1970',
  },
  { name: 'holdfast_edge_draining', type: 'gauge', of: 'edge', labels: [], help: '1 while the whole edge ends' },
  { name: 'holdfast_edge_workers', type: 'gauge', of: 'edge', labels: [], help: 'Worker slots' },
  {
    name: 'holdfast_edge_workers_serving',
    type: 'gauge',
    of: 'edge',
    labels: [],
    help: 'Worker slots with a process that serves',
  },
  {
    name: 'holdfast_edge_supervisor_rss_bytes',
    type: 'gauge',
    of: 'edge',
    labels: [],
    help: 'Memory of the supervisor',
  },
  {
    name: 'holdfast_edge_agent_deaths_total',
    type: 'counter',
    of: 'edge',
    labels: [],
    help: 'Agents that ended without being asked',
  },
  {
    name: 'holdfast_edge_requests_total',
    type: 'counter',
    family: 'requests',
    labels: [],
    help: 'Requests that were read',
  },
  {
    name: 'holdfast_edge_rejections_total',
    type: 'counter',
    family: 'rejected',
    labels: [{ name: 'reason', values: Object.keys(rejections), explainedIn: 'answers.md#rejections' }],
    help: 'Requests and connections turned away before a site was found',
    more: 'the same word as in the `Holdfast-Error` header. `overloaded`: connections that were shed',
  },
  {
    name: 'holdfast_edge_own_errors_total',
    type: 'counter',
    family: 'errors',
    labels: [{ name: 'reason', values: errorReasons, explainedIn: 'answers.md#own-errors' }],
    help: 'Requests answered by the edge in the place of a site',
    more: "the header's word, too. `overloaded`: requests that were shed",
  },
  {
    name: 'holdfast_edge_broken_answers_total',
    type: 'counter',
    family: 'broken',
    labels: [{ name: 'by', values: breakers }],
    help: 'Answers that broke off, by who left or failed',
  },
  {
    name: 'holdfast_edge_rule_refusals_total',
    type: 'counter',
    family: 'refusals',
    labels: [],
    help: 'Requests refused by rules',
  },
  {
    name: 'holdfast_edge_scores_total',
    type: 'counter',
    family: 'scores',
    labels: [
      { name: 'model', values: ['active', 'shadow'] },
      { name: 'from', values: tenths, keyedByPlace: true },
    ],
    help: 'Requests by score in groups of ten, by the model in force and by the shadow beside it',
  },
  {
    name: 'holdfast_edge_shadow_agreement_total',
    type: 'counter',
    family: 'shadowAgreement',
    labels: [{ name: 'active_shadow', values: agreements }],
    help: 'Requests by the side of 30 on which the model in force and the shadow put them',
  },
  {
    name: 'holdfast_edge_module_failures_total',
    type: 'counter',
    family: 'moduleFailures',
    labels: [module_],
    help: 'Failed calls of modules',
  },
  {
    name: 'holdfast_edge_circuit_openings_total',
    type: 'counter',
    family: 'circuitOpenings',
    labels: [module_],
    help: 'Times that a module was left alone because it kept failing or ate the time',
  },
  {
    name: 'holdfast_edge_module_call_seconds',
    type: 'histogram',
    family: 'moduleCalls',
    sumFamily: 'moduleMs',
    labels: [module_],
    bounds: callBoundsUs.map((us) => us / 1e6),
    help: 'What a call of a module took',
  },
  {
    name: 'holdfast_edge_log_records_dropped_total',
    type: 'counter',
    family: 'logRecordsDropped',
    labels: [],
    help: 'Log records that were lost',
  },
  {
    name: 'holdfast_edge_access_log_lines_lost_total',
    type: 'counter',
    family: 'accessLinesLost',
    labels: [{ name: 'reason', values: lineLosses }],
    help: 'Lines that the access log lost',
    more: 'see the [access log](access-log.md)',
  },
  {
    name: 'holdfast_edge_observations_total',
    type: 'counter',
    family: 'observations',
    labels: [{ name: 'way', values: observationWays }],
    help: 'What workers told each other of clients, so that each client is one client whichever worker meets it',
    more: 'a request or an answer each. `told`: once per worker that hears it; `adopted`: clients and addresses that a new worker took over',
  },
  {
    name: 'holdfast_edge_observations_lost_total',
    type: 'counter',
    family: 'observationsLost',
    labels: [{ name: 'reason', values: observationLosses }],
    help: 'Observations of clients that did not reach another worker',
    more: "`foreign`: connections cut off because they did not speak this release's language",
  },
  {
    name: 'holdfast_edge_errors_reported_total',
    type: 'counter',
    family: 'errorsReported',
    labels: [],
    help: 'Errors reported, most of them grouped in the log',
  },
  {
    name: 'holdfast_edge_overloads_total',
    type: 'counter',
    family: 'overloads',
    labels: [],
    help: 'Times that a worker began to shed load',
  },
  {
    name: 'holdfast_edge_answer_seconds',
    type: 'histogram',
    family: 'answers',
    sumFamily: 'answersMs',
    labels: [],
    bounds: latencyBoundsMs.map((ms) => Number((ms / 1_000).toPrecision(4))),
    help: 'From a request to the head of its answer, of those that an origin answered',
  },
  {
    name: 'holdfast_edge_origin_requests_total',
    type: 'counter',
    family: 'originRequests',
    labels: [site, origin, { name: 'outcome' }],
    help: 'Requests sent to origins, by how they ended',
    more: 'one of `answered`, `connect-failed`, `failed`, `abandoned` (the visitor left)',
  },
  {
    name: 'holdfast_edge_origin_seconds_total',
    type: 'counter',
    family: 'originMs',
    labels: [site, origin],
    scale: 1 / 1_000,
    help: 'Time that they took',
  },
  {
    name: 'holdfast_edge_origin_ejections_total',
    type: 'counter',
    family: 'originEjections',
    labels: [site, origin],
    help: 'Times an origin was left out',
  },
  {
    name: 'holdfast_edge_worker_rss_bytes',
    type: 'gauge',
    fold: 'sum',
    reads: [{ read: ({ rssBytes }) => rssBytes }],
    help: 'Memory of the worker',
  },
  {
    name: 'holdfast_edge_worker_heap_bytes',
    type: 'gauge',
    fold: 'sum',
    reads: [{ read: ({ heapBytes }) => heapBytes }],
    help: 'JavaScript objects in it',
  },
  {
    name: 'holdfast_edge_event_loop_delay_seconds',
    type: 'gauge',
    fold: 'max',
    reads: [{ read: ({ loopDelayMs }) => loopDelayMs / 1_000 }],
    help: 'The longest that ready work waited for its turn in the last second',
  },
  {
    name: 'holdfast_edge_connections',
    type: 'gauge',
    fold: 'sum',
    label: 'state',
    reads: [
      { value: 'idle', read: ({ connections }) => connections.idle },
      { value: 'request', read: ({ connections }) => connections.inRequest },
      { value: 'tunnel', read: ({ connections }) => connections.tunnels },
    ],
    help: "Visitors' connections",
  },
  {
    name: 'holdfast_edge_origin_connections',
    type: 'gauge',
    fold: 'sum',
    reads: [{ read: ({ connections }) => connections.upstream }],
    help: 'Connections to origins, kept ones too',
  },
  {
    name: 'holdfast_edge_overload',
    type: 'gauge',
    of: 'worker',
    labels: [{ name: 'state', values: overloadStates }],
    help: '1 for the state that a worker is in',
  },
  {
    name: 'holdfast_edge_worker_starts_total',
    type: 'counter',
    of: 'worker',
    labels: [],
    help: 'Processes started in the slot',
  },
  {
    name: 'holdfast_edge_worker_deaths_total',
    type: 'counter',
    of: 'worker',
    labels: [{ name: 'how', values: deathCauses }],
    help: 'Processes that ended without being asked',
  },
  {
    name: 'holdfast_edge_worker_replacements_total',
    type: 'counter',
    of: 'worker',
    labels: [{ name: 'why', values: replacementCauses }],
    help: 'Processes replaced by a new one, which was ready first',
    more: '`asked`: an upgrade',
  },
  {
    name: 'holdfast_edge_version_info',
    type: 'gauge',
    of: 'worker',
    labels: [{ name: 'kind' }, { name: 'version' }],
    help: 'Versions in force in the worker',
  },
] as const satisfies readonly MetricRow[];

type EdgeMetric = (typeof edgeMetrics)[number];
type Counted = Extract<EdgeMetric, { family: string }>;

/** What a worker counts, under one name each: closed list. */
export type CountFamily = Counted['family'] | Extract<Counted, { sumFamily: string }>['sumFamily'];
export const countFamilies = edgeMetrics.flatMap((row): CountFamily[] => {
  if (!('family' in row)) return [];
  return 'sumFamily' in row ? [row.family, row.sumFamily] : [row.family];
}) as readonly CountFamily[];

/** What the supervisor reads off itself. */
export type ViewMetricName = Extract<EdgeMetric, { of: string }>['name'];
