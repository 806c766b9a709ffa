import type { SignalTableName } from '../../contract/kinds/signalsFile.ts';
import { limits } from '../../contract/limits.ts';
import { signalLimits } from './limits.ts';

/** One hour, by the clock of the edges; the end is exclusive. Both in whole seconds since 1970. */
export interface SignalsWindow {
  readonly fromS: number;
  readonly toS: number;
}

/** One group of requests as ClickHouse counts it; 64-bit numbers are texts in its JSON, or numbers, by its version. */
export interface GroupReading {
  readonly key: string;
  readonly requests: number | string;
  readonly browsers: number | string;
  readonly heuristic_hits: number | string;
  readonly http2: number | string;
  readonly user_agents: number | string;
  readonly paths: number | string;
  readonly addresses: number | string;
}

/** Where the requests are read: the Distributed table, in one database by name. */
export const requestsSource = 'default.http_requests';

const keyOf: Readonly<Record<SignalTableName, string>> = {
  ja4: 'ja4',
  headerOrder: 'header_order',
  network: 'network',
  asn: `if(asn = 0, '', toString(asn))`,
};

/**
 * The factory's statement for one table: the busiest groups of the window, at most as many as the table may have rows.
 * Groups with few requests are left out: a share of five says nothing, and would let five requests say what a group is.
 * Understood by every server since 18.16; the embedded engine and a server are asked the same.
 */
export function signalsQuery(table: SignalTableName, { fromS, toS }: SignalsWindow, source = requestsSource): string {
  return (
    `SELECT ${keyOf[table]} AS key, count() AS requests, countIf(claims_browser = 1) AS browsers,` +
    ` countIf(source = 'heuristics') AS heuristic_hits, countIf(http2_fingerprint != '') AS http2,` +
    ` uniq(user_agent) AS user_agents, uniq(cutQueryString(target)) AS paths, uniq(client_address) AS addresses` +
    ` FROM ${source} WHERE at >= toDateTime(${fromS}) AND at < toDateTime(${toS}) AND ${keyOf[table]} != ''` +
    ` GROUP BY key HAVING requests >= ${signalLimits.signalRequestsMin}` +
    ` ORDER BY requests DESC, key LIMIT ${limits.signalRowsMax[table]}`
  );
}
