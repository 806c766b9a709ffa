import type { BundleKind, KindVersions } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FaultPoints } from '../../kernel/faults.ts';
import { healthTurned } from './health.ts';
import { agentLimits } from './limits.ts';
import type { ActivationOutcome, WorkerFleet } from './workerFleet.ts';

export interface RolloutPorts {
  readonly fleet: WorkerFleet;
  readonly faults: FaultPoints;
  readonly clock: Clock;
  /** 0: no watch. */
  readonly watchMs: number;
  /** Brings the slot to what it shall run now, the trial included while the slot is in it. */
  activate(slot: number): Promise<ActivationOutcome>;
}

/** Slots that run the bundle on trial. */
export interface Trial {
  readonly kind: BundleKind;
  readonly version: number;
  readonly slots: Set<number>;
}

/**
 * Brings one bundle to the workers: one first, watched, then the rest, watched. At most one worker is ever down for a
 * bundle. Returns the findings against it; none: every worker that lives runs it. 'no-worker': there was nobody to try
 * it on, which says nothing about the bundle.
 */
export async function rollOut(trial: Trial, ports: RolloutPorts): Promise<readonly Finding[] | 'no-worker'> {
  const { fleet, faults } = ports;
  const isThere = await fleet.until(() => fleet.ready().length > 0, agentLimits.workerWaitMsMax);
  const first = fleet.ready()[0];
  if (!isThere || first === undefined) return 'no-worker';
  faults.reach(`agent.${trial.kind}.before-swap-first`);
  const onFirst = await tryOn([first.slot], trial, ports);
  if (onFirst.length > 0) return onFirst;
  faults.reach(`agent.${trial.kind}.after-swap-first`);
  const rest = fleet.ready().flatMap(({ slot }) => (slot === first.slot ? [] : [slot]));
  faults.reach(`agent.${trial.kind}.before-swap-rest`);
  const onRest = rest.length === 0 ? [] : await tryOn(rest, trial, ports);
  if (onRest.length > 0) return onRest;
  faults.reach(`agent.${trial.kind}.after-swap-rest`);
  return [];
}

/** One death may be chance and is tried again on the worker that comes after; a second one is not. */
async function tryOn(slots: readonly number[], trial: Trial, ports: RolloutPorts): Promise<readonly Finding[]> {
  let deaths = 0;
  for (;;) {
    const verdict = await tryOnce(slots, trial, ports);
    if (verdict.kind === 'well') return [];
    if (verdict.kind === 'against') return verdict.findings;
    deaths++;
    if (deaths >= agentLimits.attemptsMax) return [diedFinding(verdict.slot, deaths, trial)];
    const { fleet } = ports;
    const isBack = await fleet.until(() => slots.every((slot) => fleet.isReady(slot)), agentLimits.activateMsMax);
    if (!isBack) return [diedFinding(verdict.slot, deaths, trial)];
  }
}

type Verdict =
  | { readonly kind: 'well' }
  | { readonly kind: 'against'; readonly findings: readonly Finding[] }
  | { readonly kind: 'died'; readonly slot: number };

async function tryOnce(slots: readonly number[], trial: Trial, ports: RolloutPorts): Promise<Verdict> {
  const { fleet } = ports;
  const before = slots.map((slot) => fleet.healthAgo(slot, ports.watchMs));
  for (const slot of slots) trial.slots.add(slot);
  const processes = slots.map((slot) => fleet.worker(slot)?.pid);
  const outcomes = await Promise.all(slots.map((slot) => ports.activate(slot)));
  for (const [index, outcome] of outcomes.entries()) {
    const slot = slots[index] ?? 0;
    if (outcome.kind === 'died') return { kind: 'died', slot };
    if (outcome.kind === 'refused') return { kind: 'against', findings: refusedFindings(slot, outcome.findings) };
    if (outcome.kind === 'silent') return { kind: 'against', findings: [silentFinding(slot)] };
  }
  const start = slots.map((slot) => fleet.worker(slot)?.health);
  const isGone = (index: number) => fleet.worker(slots[index] ?? 0)?.pid !== processes[index];
  if (ports.watchMs === 0) return { kind: 'well' };
  const anyGone = () => slots.some((_, index) => isGone(index));
  await fleet.until(anyGone, ports.watchMs);
  // A worker that hangs is killed only after a silence longer than the watch: it must say that it lives.
  const watchedAtMs = ports.clock.monotonicMs();
  const allHeard = () => slots.every((slot) => (fleet.worker(slot)?.healthAtMs ?? 0) >= watchedAtMs);
  await fleet.until(() => anyGone() || allHeard(), agentLimits.lifeSignMsMax);
  if (anyGone()) return { kind: 'died', slot: slots.find((_, index) => isGone(index)) ?? 0 };
  for (const [index, slot] of slots.entries()) {
    const turned = healthTurned(before[index], start[index], fleet.worker(slot)?.health);
    if (turned === undefined) continue;
    return { kind: 'against', findings: [{ reason: 'watch-failed', message: `On worker ${slot}, ${turned}.` }] };
  }
  return { kind: 'well' };
}

function diedFinding(slot: number, deaths: number, { kind, version }: Trial): Finding {
  const times = deaths === 1 ? 'and did not come back' : `${deaths} times`;
  return { reason: 'worker-died', message: `Worker ${slot} died ${times} with ${kind} ${version}.`, value: deaths };
}

function refusedFindings(slot: number, findings: readonly Finding[]): readonly Finding[] {
  return [{ reason: 'worker-refused', message: `Worker ${slot} refused the set.` }, ...findings];
}

function silentFinding(slot: number): Finding {
  const message = `Worker ${slot} did not answer within ${agentLimits.activateMsMax} ms.`;
  return { reason: 'worker-refused', message };
}

/** What every slot shall run: what is in force, and the bundle on trial on the slots that try it. */
export function wantedOn(slot: number, running: KindVersions, trial: Trial | undefined): KindVersions {
  if (trial === undefined || !trial.slots.has(slot)) return running;
  return { ...running, [trial.kind]: trial.version };
}
