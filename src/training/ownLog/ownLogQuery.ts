/** Of which requests an operator's own log is read. */
export interface OwnLogWindow {
  /** By the clock of the edges, in whole seconds since 1970; the end is exclusive. */
  readonly fromS: number;
  readonly toS: number;
}

/** A client of the log, as far as an edge tells clients apart: an address with one user agent and one TLS stack. */
const client = 'client_address, user_agent, ja4';
/** Of a client, so many of its first requests, and as many more spread over the rest. */
const firstRows = 6;
/** A client that asks without end is known by so many of its requests, whichever come to hand first. */
const requestsPerClientMax = 2_000;

/** How many requests with a vector there are; the parts that are read are made as large as an answer may be. */
export function ownLogSizeQuery({ fromS, toS }: OwnLogWindow): string {
  return `SELECT count() FROM http_requests_features WHERE ${within({ fromS, toS })}`;
}

/** Columns of an answer before the features. */
export const ownLogColumns = [
  'client',
  'network',
  'claims_browser',
  'requests',
  'hits',
  'impostures',
  'operator',
  'answered',
  'seconds',
  'place',
  'lacks',
] as const;

/**
 * One part of the clients (of `parts`, drawn by their hash, so that all rows of a client are in one): for each row that is kept
 * `ownLogColumns`, then the features in the order of `names`, which are columns of `http_requests_features`. Vectors are read of
 * the kept rows alone, so that a part takes memory for itself and not for the whole window. Understood by every server since
 * 18.16, in the format TabSeparated.
 */
export function ownLogQuery(names: readonly string[], part: number, parts: number, window: OwnLogWindow): string {
  const clients =
    `SELECT ${client}, any(network) AS network, any(claims_browser) AS claims_browser, count() AS requests,` +
    ` sum(source = 'heuristics') AS hits, sum(has(heuristics, 'impostor-crawler')) AS impostures,` +
    ` max(verified_operator) AS operator, sum(status < 400) AS answered,` +
    ` toUInt32(max(at)) - toUInt32(min(at)) AS seconds,` +
    ` arraySort(groupArray(${requestsPerClientMax})((at, milliseconds, id, edge))) AS keys` +
    ` FROM http_requests WHERE ${within(window)} AND cityHash64(client_address) % ${parts} = ${part} GROUP BY ${client}`;
  const stride = `greatest(1, intDiv(length(keys) + ${firstRows - 1}, ${firstRows}))`;
  const rows =
    `SELECT toString(cityHash64(${client})) AS client, network, claims_browser, requests, hits, impostures, operator, answered,` +
    ` seconds, key.1 AS at, key.2 AS milliseconds, key.3 AS id, key.4 AS edge, place` +
    ` FROM (${clients}) ARRAY JOIN keys AS key, arrayEnumerate(keys) AS place` +
    ` WHERE place <= ${firstRows} OR place = length(keys) OR place % ${stride} = 0`;
  const columns = names.map((name) => `, \`${name}\``).join('');
  const features =
    `SELECT at, milliseconds, id, edge, arrayStringConcat(missing, ',') AS lacks${columns}` +
    ` FROM http_requests_features WHERE ${within(window)} AND id GLOBAL IN (SELECT id FROM (${rows}) AS wanted)`;
  return (
    `SELECT ${ownLogColumns.join(', ')}${columns} FROM (${rows}) AS kept ANY INNER JOIN (${features}) AS features` +
    ' USING (at, milliseconds, id, edge) ORDER BY client, place'
  );
}

/** The names of the feature columns that the table has. */
export const ownLogColumnsQuery =
  "SELECT DISTINCT name FROM system.columns WHERE table = 'http_requests_features' AND database = 'default' ORDER BY name";

function within({ fromS, toS }: OwnLogWindow): string {
  return `at >= toDateTime(${fromS}) AND at < toDateTime(${toS})`;
}
