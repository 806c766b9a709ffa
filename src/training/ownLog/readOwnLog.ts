import { Chance } from '../../kernel/chance.ts';
import { seededRandom } from '../../kernel/random.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type LoggedClient, readLoggedClients } from './loggedClient.ts';
import { type OwnLogWindow, ownLogColumnsQuery, ownLogQuery, ownLogSizeQuery } from './ownLogQuery.ts';

export const ownLogLimits = {
  /** Requests of one part: with 100 features some 1.2 kB each, so that an answer stays below the factory's 16 MiB. */
  partRequests: 8_000,
  /** Rows that are read at most; parts are drawn by lot until there are so many. */
  rowsMax: 60_000,
  /** Clients of one network: whoever owns one shall not teach the model alone. */
  clientsPerNetworkMax: 20,
  /** Of people and of programs each: fewer teach nothing, and judge nothing. */
  clientsMin: 30,
  keptBackMin: 5,
} as const;

/** Asks ClickHouse one statement that reads, in the format TabSeparated. The error is a sentence. */
export type AskLog = (sql: string) => Promise<Result<string, string>>;

export interface OwnLog {
  /** Features that the log has; others are missing in every vector. */
  readonly names: readonly string[];
  readonly clients: readonly LoggedClient[];
  /** With a vector, in the window; more than were read when the log is large. */
  readonly requests: number;
}

/** Reads clients of the log, by lot when there are too many. `wanted`: names of features. The same log and seed, the same clients. */
export async function readOwnLog(
  ask: AskLog,
  wanted: readonly string[],
  window: OwnLogWindow,
  seed: number,
  progress: (line: string) => void,
): Promise<Result<OwnLog, string>> {
  const columns = await ask(ownLogColumnsQuery);
  if (!columns.ok) return columns;
  const has = new Set(columns.value.split('\n'));
  const names = wanted.filter((name) => has.has(name));
  const size = await ask(ownLogSizeQuery(window));
  if (!size.ok) return size;
  const requests = Number(size.value);
  if (requests === 0) return err('the log has no scored request in this time');
  const parts = Math.max(1, Math.ceil(requests / ownLogLimits.partRequests));
  const order = new Chance(seededRandom(seed)).shuffled(Array.from({ length: parts }, (_, part) => part));
  const clients: LoggedClient[] = [];
  let rows = 0;
  for (const [index, part] of order.entries()) {
    if (rows >= ownLogLimits.rowsMax) break;
    const answer = await ask(ownLogQuery(names, part, parts, window));
    if (!answer.ok) return answer;
    const read = readLoggedClients(answer.value, names);
    if (!read.ok) return read;
    clients.push(...read.value);
    rows += read.value.reduce((sum, client) => sum + client.rows.length, 0);
    progress(`read part ${index + 1} of ${parts} of the log: ${clients.length} clients, ${rows} rows`);
  }
  return ok({ names, clients: fewOfEachNetwork(clients), requests });
}

function fewOfEachNetwork(clients: readonly LoggedClient[]): LoggedClient[] {
  const taken = new Map<string, number>();
  return clients.filter(({ network }) => {
    const before = taken.get(network) ?? 0;
    taken.set(network, before + 1);
    return before < ownLogLimits.clientsPerNetworkMax;
  });
}
