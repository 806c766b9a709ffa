import { err, ok, type Result } from '../../kernel/result.ts';
import { ownLogColumns } from './ownLogQuery.ts';

/** What the log says of one client in all. */
export interface LoggedClient {
  /** Stands for it; the log's addresses stay in the log. */
  readonly id: string;
  /** `192.0.2.0/24`; empty when its address is none. */
  readonly network: string;
  readonly claimsBrowser: boolean;
  readonly requests: number;
  /** Requests that a heuristic hit, and those where that was a crawler's name without its proof. */
  readonly hits: number;
  readonly impostures: number;
  /** Whose bot it is proven to be; empty for everybody else. */
  readonly operator: string;
  /** Requests that were not answered with an error. */
  readonly answered: number;
  /** From its first request to its last. */
  readonly seconds: number;
  /** In time; some of its requests, the first and the last among them. */
  readonly rows: readonly LoggedRow[];
}

export interface LoggedRow {
  /** 1 is the client's first request. */
  readonly place: number;
  /** In the order of the asked names; NaN is missing. */
  readonly vector: Float32Array;
}

/** Reads what `ownLogQuery` is answered. The error says which line is not as asked. */
export function readLoggedClients(text: string, names: readonly string[]): Result<LoggedClient[], string> {
  const clients: (LoggedClient & { rows: LoggedRow[] })[] = [];
  const places = new Map(names.map((name, place) => [name, place]));
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const values = line.split('\t');
    const columns = ownLogColumns.length + names.length;
    if (values.length !== columns)
      return err(`line ${index + 1} of the log’s answer is not a row of ${columns} values`);
    const column = (name: (typeof ownLogColumns)[number]) => values[ownLogColumns.indexOf(name)]!;
    const vector = Float32Array.from(values.slice(ownLogColumns.length), numberOf);
    for (const name of column('lacks').split(',')) {
      const at = places.get(name);
      if (at !== undefined) vector[at] = Number.NaN;
    }
    const row = { place: Number(column('place')), vector };
    const last = clients.at(-1);
    if (last !== undefined && last.id === column('client')) last.rows.push(row);
    else {
      clients.push({
        ...{ id: column('client'), network: column('network'), operator: column('operator') },
        claimsBrowser: column('claims_browser') === '1',
        ...{ requests: Number(column('requests')), hits: Number(column('hits')) },
        ...{ impostures: Number(column('impostures')), answered: Number(column('answered')) },
        ...{ seconds: Number(column('seconds')), rows: [row] },
      });
    }
  }
  return ok(clients);
}

/** ClickHouse writes `nan`, `inf`, `-inf` and, for no value, `\\N`. */
function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
