import type { BundleKind, KindVersions } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { WorkerHealth } from '../contract/processMessages.ts';
import type { Clock } from '../kernel/clock.ts';
import type { FaultPoints } from '../kernel/faults.ts';
import { healthTurned } from './health.ts';
import { agentLimits } from './limits.ts';
import type { ActivationOutcome, WorkerFleet } from './workerFleet.ts';

export interface RolloutPorts {
  readonly fleet: WorkerFleet;
  readonly faults: FaultPoints;
  readonly clock: Clock;
  /** 0: no watch. */
  readonly watchMs: number;
  readonly lifeSignMsMax?: number;
  /** Brings the slot to what it shall run now, the trial included while the slot is in it. */
  activate(slot: number): Promise<ActivationOutcome>;
}

/** Slots that run the bundle on trial. */
export interface Trial {
  readonly kind: BundleKind;
  readonly version: number;
  readonly slots: Set<number>;
}

/** Findings against a bundle, none: it is well; 'no-worker': there was nobody to try it on, which says nothing about it. */
export type RolloutOutcome = readonly Finding[] | 'no-worker';

/**
 * Brings one bundle to the workers: one first, watched, then the rest, one after another, and all watched. The next one is
 * swapped only when the one before runs the bundle and says that it lives, and none after a death. No findings: every
 * worker that lives runs it.
 */
export async function rollOut(trial: Trial, ports: RolloutPorts): Promise<RolloutOutcome> {
  const { fleet, faults } = ports;
  const isThere = await fleet.until(() => fleet.ready().length > 0, agentLimits.workerWaitMsMax);
  const first = fleet.ready()[0];
  if (!isThere || first === undefined) return 'no-worker';
  faults.reach(`agent.${trial.kind}.before-swap-first`);
  const onFirst = await tryOn([first.slot], trial, ports);
  if (onFirst === 'no-worker' || onFirst.length > 0) return onFirst;
  faults.reach(`agent.${trial.kind}.after-swap-first`);
  const rest = fleet.ready().flatMap(({ slot }) => (slot === first.slot ? [] : [slot]));
  faults.reach(`agent.${trial.kind}.before-swap-rest`);
  // The first one is told once more, in case it was replaced, and goes on being watched.
  const onAll = rest.length === 0 ? [] : await tryOn([first.slot, ...rest], trial, ports);
  if (onAll === 'no-worker' || onAll.length > 0) return onAll;
  faults.reach(`agent.${trial.kind}.after-swap-rest`);
  return [];
}

/**
 * One death may be chance and is tried again on the worker that comes after; a second one is not. A worker that was
 * replaced, or killed by a stranger, says nothing: tried again, within a bound.
 */
async function tryOn(slots: readonly number[], trial: Trial, ports: RolloutPorts): Promise<RolloutOutcome> {
  const { fleet } = ports;
  let deaths = 0;
  let disturbances = 0;
  for (;;) {
    const verdict = await tryOnce(slots, trial, ports);
    if (verdict.kind === 'well') return [];
    if (verdict.kind === 'against') return verdict.findings;
    if (verdict.kind === 'died') deaths++;
    else disturbances++;
    if (deaths >= agentLimits.attemptsMax) return [diedFinding(verdict.slot, deaths, trial)];
    if (disturbances >= agentLimits.disturbancesMax) {
      // The kernel kills for memory, too: without end that is the bundle's doing.
      return verdict.kind === 'replaced' ? 'no-worker' : [diedFinding(verdict.slot, disturbances, trial)];
    }
    const isBack = await fleet.until(() => slots.every((slot) => fleet.isReady(slot)), agentLimits.activateMsMax);
    if (!isBack) return verdict.kind === 'died' ? [diedFinding(verdict.slot, deaths, trial)] : 'no-worker';
  }
}

type Verdict =
  | { readonly kind: 'well' }
  | { readonly kind: 'against'; readonly findings: readonly Finding[] }
  | { readonly kind: 'died' | 'killed' | 'replaced'; readonly slot: number };

/** A worker that runs the bundle, and what its health is compared with. */
interface Watched {
  readonly slot: number;
  readonly pid: number | undefined;
  readonly spanBefore: WorkerHealth | undefined;
  readonly start: WorkerHealth | undefined;
}

async function tryOnce(slots: readonly number[], trial: Trial, ports: RolloutPorts): Promise<Verdict> {
  const { fleet, clock } = ports;
  const watched: Watched[] = [];
  for (const slot of slots) {
    trial.slots.add(slot);
    const verdict = await swap(slot, watched, ports);
    if (verdict.kind !== 'well') return verdict;
  }
  if (ports.watchMs === 0) return { kind: 'well' };
  await fleet.until(() => gone(watched, fleet) !== undefined, ports.watchMs);
  // A worker that hangs is killed only after a silence longer than the watch: it must say that it lives.
  const findings = await silent(watched, clock.monotonicMs(), ports);
  const ended = gone(watched, fleet);
  if (ended !== undefined) return ended;
  for (const { slot, spanBefore, start } of watched) {
    const turned = healthTurned(spanBefore, start, fleet.worker(slot)?.health);
    if (turned !== undefined) findings.push({ reason: 'watch-failed', message: `On worker ${slot}, ${turned}.` });
  }
  return findings.length === 0 ? { kind: 'well' } : { kind: 'against', findings };
}

/** Brings one worker to the bundle and adds it to those that are watched. */
async function swap(slot: number, watched: Watched[], ports: RolloutPorts): Promise<Verdict> {
  const { fleet, clock } = ports;
  const spanBefore = fleet.healthAgo(slot, ports.watchMs);
  const pid = fleet.worker(slot)?.pid;
  const outcome = await ports.activate(slot);
  if (outcome.kind === 'gone') return { kind: fleet.endOf(slot, pid), slot };
  if (outcome.kind === 'refused') return { kind: 'against', findings: refusedFindings(slot, outcome.findings) };
  if (outcome.kind === 'silent') return { kind: 'against', findings: [silentFinding(slot)] };
  const known = fleet.worker(slot)?.health;
  if (ports.watchMs === 0) return { kind: 'well' };
  const one = { slot, pid, spanBefore, start: known };
  const findings = await silent([...watched, one], clock.monotonicMs(), ports);
  const ended = gone([...watched, one], fleet);
  if (ended !== undefined) return ended;
  if (findings.length > 0) return { kind: 'against', findings };
  // A worker so new that it had said nothing yet is compared with the first thing it says.
  watched.push({ ...one, start: known ?? fleet.worker(slot)?.health });
  return { kind: 'well' };
}

/** Waits until each of `watched` was heard after `sinceMs` or one is gone; the findings name those that said nothing. */
async function silent(watched: readonly Watched[], sinceMs: number, ports: RolloutPorts): Promise<Finding[]> {
  const { fleet, lifeSignMsMax = agentLimits.lifeSignMsMax } = ports;
  const unheard = () => watched.filter(({ slot }) => (fleet.worker(slot)?.healthAtMs ?? 0) < sinceMs);
  await fleet.until(() => gone(watched, fleet) !== undefined || unheard().length === 0, lifeSignMsMax);
  return unheard().map(({ slot }) => {
    const message = `Worker ${slot} said nothing of its health for ${lifeSignMsMax} ms under the new set.`;
    return { reason: 'watch-failed', message };
  });
}

function gone(watched: readonly Watched[], fleet: WorkerFleet): Verdict | undefined {
  const one = watched.find(({ slot, pid }) => fleet.worker(slot)?.pid !== pid);
  return one === undefined ? undefined : { kind: fleet.endOf(one.slot, one.pid), slot: one.slot };
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
