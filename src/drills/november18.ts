import type { RefusalReason } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { TimerClock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { DrillSession } from './drillSession.ts';
import { Phase, type PhaseParts } from './phase.ts';
import { type DrillReport, type PhaseReport, summarise } from './report.ts';
import type { DrillStage } from './stage.ts';
import { VisitorLoad } from './visitorLoad.ts';

export interface November18Options {
  readonly stage: DrillStage;
  readonly sessions: readonly DrillSession[];
  /** The feature file in force at the beginning, as made from the columns of `default`. */
  readonly goodFile: FeatureFile;
  /** Its version, as the trace says it. */
  readonly goodVersion: string;
  readonly requestsMin: number;
  readonly requestsPerS: number;
  readonly clock: TimerClock;
  readonly random: Random;
  /** A line for the person who watches. */
  readonly tell: (line: string) => void;
}

const [alone, withR0, withAll] = [['default'], ['default', 'r0'], ['default', 'r0', 'r1', 'r2']];
const doubled: readonly RefusalReason[] = ['feature-name-duplicate'];
const fourfold: readonly RefusalReason[] = ['feature-name-duplicate', 'features-too-many'];

/**
 * 18 November 2025, 11:05 UTC: a change of grants doubles the rows of the query behind the feature file. Played against
 * the real processes while people and bots visit.
 */
export async function november18(options: November18Options): Promise<DrillReport> {
  const { stage, sessions, requestsMin, requestsPerS, clock, random, tell } = options;
  const { host, port, blockStatus, factoryEveryMs, unprotected } = stage;
  const load = new VisitorLoad({ host, port, sessions, requestsPerS, blockStatus, clock, random });
  const parts: PhaseParts = {
    stage,
    load,
    clock,
    tell,
    requestsMin: Math.ceil(requestsMin / 4),
    goodVersion: options.goodVersion,
  };
  const phases: PhaseReport[] = [];
  load.start();
  phases.push(await healthy(parts));
  phases.push(await grantsChange(parts));
  phases.push(await publishedPastTheProducer(parts, options.goodFile));
  await load.stop();
  phases.push(await edgeAlone(parts));
  await load.stop();
  const facts = { drill: '2025-11-18', unprotected, addresses: load.addresses, factoryEveryMs };
  return summarise(facts, phases, requestsMin);
}

async function healthy(parts: PhaseParts): Promise<PhaseReport> {
  const phase = new Phase(parts, '1', 'healthy: a feature file from ClickHouse is in force, people and bots visit');
  await phase.filesInForce();
  return phase.end();
}

async function grantsChange(parts: PhaseParts): Promise<PhaseReport> {
  const { stage } = parts;
  const phase = new Phase(
    parts,
    '2',
    'grants change: the query sees r0, then r1 and r2; good and bad readings alternate',
  );
  for (const [databases, reasons] of [
    [withR0, doubled],
    [withAll, fourfold],
    [withR0, doubled],
    [withAll, fourfold],
  ] as const) {
    const deed = `${databases.slice(1).join(', ')} granted`;
    await phase.refusedAtFactory(deed, () => stage.grant(databases), reasons);
    stage.grant(alone);
  }
  await phase.nextCycle();
  await phase.filesInForce();
  return phase.end();
}

async function publishedPastTheProducer(parts: PhaseParts, good: FeatureFile): Promise<PhaseReport> {
  const { stage } = parts;
  const phase = new Phase(parts, '3', 'published past the producer: the bad content, correctly signed');
  const rows = (times: number): FeatureFile => ({
    schema: 1,
    features: Array.from({ length: times }, () => good.features).flat(),
  });
  const [twice, four] = [rows(2), rows(4)];
  await phase.refusedOffer(
    `${four.features.length} rows handed to control`,
    async () => stage.offerToControl(await stage.sign(four)),
    fourfold,
  );
  await phase.refusedOffer(
    `${twice.features.length} rows handed to the edge`,
    async () => stage.offerToEdge(await stage.sign(twice)),
    doubled,
  );
  await phase.refusedOffer(
    `${four.features.length} rows handed to the edge`,
    async () => stage.offerToEdge(await stage.sign(four)),
    fourfold,
  );
  await phase.filesInForce();
  return phase.end();
}

async function edgeAlone(parts: PhaseParts): Promise<PhaseReport> {
  const { stage, load } = parts;
  const phase = new Phase(
    parts,
    '4',
    'the edge alone: control and factory killed for good, the edge killed and restarted',
  );
  await stage.killControlAndFactory();
  await phase.attempt('the edge restarts with everything else gone', () => stage.restartEdge());
  load.start();
  await phase.filesInForce();
  return phase.end();
}
