import type { ViewMetricName } from '../../contract/metrics/edgeMetrics.ts';
import { deathCauses, overloadStates, replacementCauses } from '../../contract/metrics/labelValues.ts';
import type { Sample } from '../../kernel/metrics/prometheusText.ts';
import { residentBytes } from '../../kernel/ownProcess.ts';
import type { EdgeView, SlotView } from './edgeView.ts';

/** Which software runs. */
export interface Build {
  readonly version: string;
  readonly node: string;
}

/** How the supervisor reads what it knows by itself; their names, labels and sentences are rows of the contract. */
export const viewMetrics: Readonly<Record<ViewMetricName, (view: EdgeView, build: Build) => readonly Sample[]>> = {
  holdfast_edge_build_info: (_, { version, node }) => [[{ version, node }, 1]],
  holdfast_edge_start_time_seconds: ({ startedWallMs }) => [[{}, startedWallMs / 1_000]],
  holdfast_edge_draining: ({ isStopping }) => [[{}, isStopping ? 1 : 0]],
  holdfast_edge_workers: ({ slots }) => [[{}, slots.length]],
  holdfast_edge_workers_serving: ({ slots }) => [
    [{}, slots.filter(({ processes }) => processes.some(({ serves }) => serves)).length],
  ],
  holdfast_edge_supervisor_rss_bytes: () => [[{}, residentBytes() ?? 0]],
  holdfast_edge_agent_deaths_total: ({ agent }) => [[{}, agent.deaths]],
  holdfast_edge_overload: ({ slots }) =>
    overloadStates.flatMap((state) =>
      slots.map((slot): Sample => {
        const now = activeOf(slot)?.gauges?.overload ?? 'calm';
        return [{ worker: slot.slot, state }, now === state ? 1 : 0];
      }),
    ),
  holdfast_edge_worker_starts_total: ({ slots }) => slots.map(({ slot, starts }) => [{ worker: slot }, starts]),
  holdfast_edge_worker_deaths_total: ({ slots }) =>
    slots.flatMap(({ slot, deaths }) => deathCauses.map((how): Sample => [{ worker: slot, how }, deaths[how]])),
  holdfast_edge_worker_replacements_total: ({ slots }) =>
    slots.flatMap(({ slot, replacements }) =>
      replacementCauses.map((why): Sample => [{ worker: slot, why }, replacements[why]]),
    ),
  holdfast_edge_version_info: ({ slots }) =>
    slots.flatMap((slot) =>
      Object.entries(activeOf(slot)?.versions ?? {}).map(([kind, version]): Sample => {
        return [{ worker: slot.slot, kind, version }, 1];
      }),
    ),
};

function activeOf({ processes }: SlotView): SlotView['processes'][number] | undefined {
  return processes.find(({ role }) => role === 'active');
}
