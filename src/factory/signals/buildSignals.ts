import type { Finding } from '../../contract/finding.ts';
import {
  isSignalKey,
  type SignalsFile,
  type SignalTable,
  type SignalTableName,
  signalTables,
} from '../../contract/kinds/signalsFile.ts';
import { limits } from '../../contract/limits.ts';
import { signalLimits } from './limits.ts';
import type { GroupReading } from './signalsQuery.ts';

/** What one reading of the window found, table by table, in falling order of requests. */
export type SignalsReading = Readonly<Record<SignalTableName, readonly GroupReading[]>>;

/**
 * Makes the signals file out of one reading. Groups whose key is none (an address that a proxy made up) are left out;
 * everything else is the business of the one validator, which sees exactly what was read.
 */
export function buildSignals(reading: SignalsReading, windowEndMs: number): SignalsFile {
  const tables = signalTables.map((name) => [
    name,
    buildTable(reading[name].filter(({ key }) => isSignalKey(name, key))),
  ]);
  return { schema: 1, windowEndMs, ...(Object.fromEntries(tables) as Record<SignalTableName, SignalTable>) };
}

/** The payload's bytes. */
export function encodeSignals(file: SignalsFile): Uint8Array {
  return Buffer.from(JSON.stringify(file));
}

/**
 * What two readings of the same window say differently; empty when they agree. Records that were late may come in between,
 * a few; more is a query that does not read what it should.
 */
export function compareSignalReadings(first: SignalsReading, second: SignalsReading): Finding[] {
  return signalTables.flatMap((name) => {
    const [before, after] = [requestsByKey(first[name]), requestsByKey(second[name])];
    const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
      (key) => !isClose(before.get(key) ?? 0, after.get(key) ?? 0),
    );
    const limit = Math.floor(Math.max(before.size, after.size) * signalLimits.signalReadingsShareMax);
    if (differing.length <= limit) return [];
    const message =
      `two readings of the same hour for table ${name}, one right after the other, differ in ${differing.length} of ` +
      `${Math.max(before.size, after.size)} rows: replicas or grants are being changed; the file is made when they agree`;
    const names = differing.slice(0, limits.namesPerFindingMax).map((key) => key.slice(0, 200));
    return [{ reason: 'readings-disagree', message, names, value: differing.length, limit }];
  });
}

function requestsByKey(groups: readonly GroupReading[]): Map<string, number> {
  const requests = new Map<string, number>();
  for (const group of groups) requests.set(group.key, (requests.get(group.key) ?? 0) + Number(group.requests));
  return requests;
}

/** A group at the edge of being counted at all may come or go with one request. */
function isClose(one: number, other: number): boolean {
  const { signalReadingsShareMax, signalRequestsMin } = signalLimits;
  return (
    Math.abs(one - other) <= Math.max(one, other) * signalReadingsShareMax || Math.max(one, other) <= signalRequestsMin
  );
}

function buildTable(groups: readonly GroupReading[]): SignalTable {
  const of = (column: Exclude<keyof GroupReading, 'key'>) => groups.map((group) => Number(group[column]));
  const requests = of('requests');
  const share = (counts: readonly number[]) => counts.map((count, row) => rounded(count / requests[row]!));
  return {
    keys: groups.map(({ key }) => key),
    browserShare: share(of('browsers')),
    heuristicShare: share(of('heuristic_hits')),
    http2Share: share(of('http2')),
    requestQuantile: quantiles(requests),
    requestRank: ranks(requests),
    userAgentRank: ranks(of('user_agents')),
    pathRank: ranks(of('paths')),
    addressRank: ranks(of('addresses')),
  };
}

/** 1 for the most; equals share the better place. */
function ranks(counts: readonly number[]): number[] {
  const places = new Map<number, number>();
  for (const [place, count] of [...counts].sort((one, other) => other - one).entries()) {
    if (!places.has(count)) places.set(count, place + 1);
  }
  return counts.map((count) => places.get(count)!);
}

/** Share of the rows with as many or fewer. */
function quantiles(counts: readonly number[]): number[] {
  const upTo = new Map<number, number>();
  for (const [place, count] of [...counts].sort((one, other) => one - other).entries()) upTo.set(count, place + 1);
  return counts.map((count) => rounded(upTo.get(count)! / counts.length));
}

function rounded(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
