import { supervisorLimits } from './limits.ts';

/** What is remembered of a slot's deaths in a row. */
export interface DeathRecord {
  readonly inRow: number;
  /** Of these: deaths on a set that the worker loaded from disk itself, not on one it was told to activate. */
  readonly inRowOnStored: number;
}

export const noDeaths: DeathRecord = { inRow: 0, inRowOnStored: 0 };

/** A process died after `livedMs`. One that lived long clears the record: what killed it is no loop. */
export function afterDeath(record: DeathRecord, livedMs: number, wasOnStored: boolean): DeathRecord {
  const base = livedMs >= supervisorLimits.healthyAfterMs ? noDeaths : record;
  return { inRow: base.inRow + 1, inRowOnStored: wasOnStored ? base.inRowOnStored + 1 : base.inRowOnStored };
}

/** Milliseconds to wait before the next start: none after one death, then doubling. */
export function restartDelayMs({ inRow }: DeathRecord): number {
  if (inRow <= 1) return 0;
  return Math.min(supervisorLimits.restartDelayMsFirst * 2 ** (inRow - 2), supervisorLimits.restartDelayMsMax);
}

/**
 * Whether the next worker starts one rung below the current set. The agent is the one to judge a set and demotes it in
 * its state before the next start; the supervisor decides alone only where no agent is, or where that did not help.
 */
export function startsOnPrevious({ inRowOnStored }: DeathRecord, agentIsAlive: boolean): boolean {
  const { deathsBeforePrevious, deathsBeforePreviousWithAgent } = supervisorLimits;
  return inRowOnStored >= (agentIsAlive ? deathsBeforePreviousWithAgent : deathsBeforePrevious);
}
