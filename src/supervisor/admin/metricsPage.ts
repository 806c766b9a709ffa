import { type CountFamily, labelJoin } from '../../contract/workerCounts.ts';
import { callBoundsUs } from '../../edge/counts/callTimes.ts';
import { latencyBoundsMs } from '../../edge/counts/latencyHistogram.ts';
import { agreements } from '../../edge/counts/scoreCounts.ts';
import { type OwnError, ownErrors, rejections } from '../../edge/exchange/reasons.ts';
import { lineLosses } from '../../edge/log/accessLog.ts';
import { overloadStates } from '../../edge/overload/index.ts';
import { observationLosses } from '../../edge/peers/index.ts';
import { residentBytes } from '../../kernel/ownProcess.ts';
import { moduleNames } from '../../modules/all.ts';
import { labelsOf } from './counterSums.ts';
import { deathCauses, type EdgeView, type ProcessView, replacementCauses, type SlotView } from './edgeView.ts';
import { type Labels, PrometheusText, type Sample } from './prometheusText.ts';

/** Which software runs. */
export interface Build {
  readonly version: string;
  readonly node: string;
}

/** `/metrics`: counters per worker slot over all its processes, gauges over those that live. */
export function metricsPage(view: EdgeView, build: Build): string {
  const text = new PrometheusText();
  const { slots } = view;
  edgeMetrics(text, view, build);
  requestCounters(text, slots);
  originCounters(text, slots);
  gauges(text, slots);
  processMetrics(text, slots);
  return text.toString();
}

function edgeMetrics(text: PrometheusText, view: EdgeView, { version, node }: Build): void {
  const serving = view.slots.filter(({ processes }) => processes.some(({ serves }) => serves)).length;
  text.gauge('holdfast_edge_build_info', 'The software of the supervisor', [[{ version, node }, 1]]);
  text.gauge('holdfast_edge_start_time_seconds', 'When the supervisor started, since 1970', [
    [{}, view.startedWallMs / 1_000],
  ]);
  text.gauge('holdfast_edge_draining', '1 while the whole edge ends', [[{}, view.isStopping ? 1 : 0]]);
  text.gauge('holdfast_edge_workers', 'Worker slots', [[{}, view.slots.length]]);
  text.gauge('holdfast_edge_workers_serving', 'Worker slots with a process that serves', [[{}, serving]]);
  text.gauge('holdfast_edge_supervisor_rss_bytes', 'Memory of the supervisor', [[{}, residentBytes() ?? 0]]);
  text.counter('holdfast_edge_agent_deaths_total', 'Agents that ended without being asked', [[{}, view.agent.deaths]]);
}

/** Counters with one label besides the worker, whose values are a closed list: all of them are shown, with 0. */
function requestCounters(text: PrometheusText, slots: readonly SlotView[]): void {
  const plain = (name: string, family: CountFamily, help: string) =>
    text.counter(
      name,
      help,
      slots.map(({ slot, sums }) => [{ worker: slot }, sums.one(family)]),
    );
  const closed = (name: string, family: CountFamily, label: string, values: readonly string[], help: string) =>
    text.counter(
      name,
      help,
      slots.flatMap(({ slot, sums }) => {
        const all = new Set([...values, ...sums.of(family).keys()]);
        return [...all].map((value): Sample => [{ worker: slot, [label]: value }, sums.of(family).get(value) ?? 0]);
      }),
    );
  plain('holdfast_edge_requests_total', 'requests', 'Requests that were read');
  closed(
    'holdfast_edge_rejections_total',
    'rejected',
    'reason',
    Object.keys(rejections),
    'Requests and connections turned away before a site was found',
  );
  closed(
    'holdfast_edge_own_errors_total',
    'errors',
    'reason',
    Object.keys(ownErrors).filter((reason) => ownErrors[reason as OwnError].isRefusal !== true),
    'Requests answered by the edge in the place of a site',
  );
  closed(
    'holdfast_edge_broken_answers_total',
    'broken',
    'by',
    ['visitor', 'origin', 'edge'],
    'Answers that broke off, by who left or failed',
  );
  plain('holdfast_edge_rule_refusals_total', 'refusals', 'Requests refused by rules');
  text.counter(
    'holdfast_edge_scores_total',
    'Requests by score in groups of ten, by the model in force and by the shadow beside it',
    slots.flatMap(({ slot, sums }) =>
      ['active', 'shadow'].flatMap((model) =>
        Array.from({ length: 10 }, (_, tenth): Sample => {
          const labels = { worker: slot, model, from: Math.max(1, tenth * 10) };
          return [labels, sums.of('scores').get(`${model}${labelJoin}${tenth}`) ?? 0];
        }),
      ),
    ),
  );
  closed(
    'holdfast_edge_shadow_agreement_total',
    'shadowAgreement',
    'active_shadow',
    agreements,
    'Requests by the side of 30 on which the model in force and the shadow put them',
  );
  closed('holdfast_edge_module_failures_total', 'moduleFailures', 'module', moduleNames, 'Failed calls of modules');
  closed(
    'holdfast_edge_circuit_openings_total',
    'circuitOpenings',
    'module',
    moduleNames,
    'Times that a module was left alone because it kept failing or ate the time',
  );
  text.histogram(
    'holdfast_edge_module_call_seconds',
    'What a call of a module took',
    callBoundsUs.map((us) => us / 1e6),
    slots.flatMap(({ slot, sums }) =>
      moduleNames.map((module) => ({
        labels: { worker: slot, module },
        counts: [...callBoundsUs, 0].map(
          (_, bucket) => sums.of('moduleCalls').get(`${module}${labelJoin}${bucket}`) ?? 0,
        ),
        sum: (sums.of('moduleMs').get(module) ?? 0) / 1_000,
      })),
    ),
  );
  plain('holdfast_edge_log_records_dropped_total', 'logRecordsDropped', 'Log records that were lost');
  closed(
    'holdfast_edge_access_log_lines_lost_total',
    'accessLinesLost',
    'reason',
    lineLosses,
    'Lines that the access log lost',
  );
  closed(
    'holdfast_edge_observations_total',
    'observations',
    'way',
    ['told', 'heard', 'adopted'],
    'What workers told each other of clients, so that each client is one client whichever worker meets it',
  );
  closed(
    'holdfast_edge_observations_lost_total',
    'observationsLost',
    'reason',
    observationLosses,
    'Observations of clients that did not reach another worker',
  );
  plain('holdfast_edge_errors_reported_total', 'errorsReported', 'Errors reported, most of them grouped in the log');
  plain('holdfast_edge_overloads_total', 'overloads', 'Times that a worker began to shed load');
  text.histogram(
    'holdfast_edge_answer_seconds',
    'From a request to the head of its answer, of those that an origin answered',
    latencyBoundsMs.map((ms) => Number((ms / 1_000).toPrecision(4))),
    slots.map(({ slot, sums }) => ({
      labels: { worker: slot },
      counts: [...latencyBoundsMs, 0].map((_, bucket) => sums.of('answers').get(String(bucket)) ?? 0),
      sum: sums.one('answersMs') / 1_000,
    })),
  );
}

function originCounters(text: PrometheusText, slots: readonly SlotView[]): void {
  const open = (name: string, family: CountFamily, names: readonly string[], help: string, scale = 1) =>
    text.counter(
      name,
      help,
      slots.flatMap(({ slot, sums }) =>
        [...sums.of(family)].map(([key, count]): Sample => {
          const values = labelsOf(key);
          const labels: Labels = Object.fromEntries(names.map((label, index) => [label, values[index] ?? '']));
          return [{ worker: slot, ...labels }, count * scale];
        }),
      ),
    );
  open(
    'holdfast_edge_origin_requests_total',
    'originRequests',
    ['site', 'origin', 'outcome'],
    'Requests sent to origins, by how they ended',
  );
  open('holdfast_edge_origin_seconds_total', 'originMs', ['site', 'origin'], 'Time that they took', 1 / 1_000);
  open('holdfast_edge_origin_ejections_total', 'originEjections', ['site', 'origin'], 'Times an origin was left out');
}

function gauges(text: PrometheusText, slots: readonly SlotView[]): void {
  /** One number for all living processes of a slot that have told anything. */
  const over = (fold: 'sum' | 'max', read: (gauges: NonNullable<ProcessView['gauges']>) => number) =>
    slots.map(({ slot, processes }): Sample => {
      const values = processes.flatMap(({ gauges }) => (gauges === undefined ? [] : [read(gauges)]));
      return [{ worker: slot }, fold === 'sum' ? values.reduce((a, b) => a + b, 0) : Math.max(0, ...values)];
    });
  const labelled = (label: string, value: string, samples: readonly Sample[]) =>
    samples.map(([labels, count]): Sample => [{ ...labels, [label]: value }, count]);
  text.gauge(
    'holdfast_edge_worker_rss_bytes',
    'Memory of the worker',
    over('sum', (now) => now.rssBytes),
  );
  text.gauge(
    'holdfast_edge_worker_heap_bytes',
    'JavaScript objects in it',
    over('sum', (now) => now.heapBytes),
  );
  text.gauge(
    'holdfast_edge_event_loop_delay_seconds',
    'The longest that ready work waited for its turn in the last second',
    over('max', (now) => now.loopDelayMs / 1_000),
  );
  text.gauge('holdfast_edge_connections', "Visitors' connections", [
    ...labelled(
      'state',
      'idle',
      over('sum', ({ connections }) => connections.idle),
    ),
    ...labelled(
      'state',
      'request',
      over('sum', ({ connections }) => connections.inRequest),
    ),
    ...labelled(
      'state',
      'tunnel',
      over('sum', ({ connections }) => connections.tunnels),
    ),
  ]);
  text.gauge(
    'holdfast_edge_origin_connections',
    'Connections to origins, kept ones too',
    over('sum', ({ connections }) => connections.upstream),
  );
  text.gauge(
    'holdfast_edge_overload',
    '1 for the state that a worker is in',
    overloadStates.flatMap((state) =>
      slots.map(({ slot, processes }): Sample => {
        const { gauges } = processes.find(({ role }) => role === 'active') ?? {};
        return [{ worker: slot, state }, (gauges?.overload ?? 'calm') === state ? 1 : 0];
      }),
    ),
  );
}

function processMetrics(text: PrometheusText, slots: readonly SlotView[]): void {
  const by = (label: string, read: (slot: SlotView) => Readonly<Record<string, number>>, values: readonly string[]) =>
    slots.flatMap((slot) =>
      values.map((value): Sample => [{ worker: slot.slot, [label]: value }, read(slot)[value] ?? 0]),
    );
  text.counter(
    'holdfast_edge_worker_starts_total',
    'Processes started in the slot',
    slots.map(({ slot, starts }) => [{ worker: slot }, starts]),
  );
  text.counter(
    'holdfast_edge_worker_deaths_total',
    'Processes that ended without being asked',
    by('how', ({ deaths }) => deaths, deathCauses),
  );
  text.counter(
    'holdfast_edge_worker_replacements_total',
    'Processes replaced by a new one, which was ready first',
    by('why', ({ replacements }) => replacements, replacementCauses),
  );
  text.gauge(
    'holdfast_edge_version_info',
    'Versions in force in the worker',
    slots.flatMap(({ slot, processes }) =>
      Object.entries(processes.find(({ role }) => role === 'active')?.versions ?? {}).map(
        ([kind, version]): Sample => [{ worker: slot, kind, version }, 1],
      ),
    ),
  );
}
