import { networkKey } from '../../address/index.ts';
import { claimsBrowser, headerOrderText } from '../../bots/index.ts';
import type { BundleKind } from '../../contract/bundleKind.ts';
import type { LogColumn } from '../../contract/log/logColumn.ts';
import { moduleColumns } from '../../modules/all.ts';
import type { ModuleColumn } from '../../modules/row/declaration.ts';

/**
 * The columns of `http_requests`, in the table's order: a new one goes to the end, where its migration puts it. Network and
 * claim are worked out here, by the code that edges look signals up with.
 */
export const requestColumnRows: readonly LogColumn[] = [
  {
    name: 'at',
    type: 'DateTime',
    says: "when the request's head was complete, to the second, UTC",
    read: ({ atMs }) => Math.floor(atMs / 1_000),
  },
  {
    name: 'milliseconds',
    type: 'UInt16',
    says: 'and the milliseconds',
    read: ({ atMs }) => Math.floor(atMs) - Math.floor(atMs / 1_000) * 1_000,
  },
  { name: 'id', type: 'UInt64', says: 'the same in `http_requests_features`', read: (_, { id }) => id },
  { name: 'edge', type: 'String', says: 'name of the edge', read: (_, { batch }) => batch.edge },
  { name: 'worker', type: 'UInt16', says: 'its worker slot', read: (_, { batch }) => batch.worker },
  { name: 'site', type: 'String', says: 'name of the site', read: ({ site }) => site },
  { name: 'method', type: 'String', says: 'as it was asked', read: ({ method }) => method },
  { name: 'host', type: 'String', says: 'as it was asked', read: ({ host }) => host },
  { name: 'target', type: 'String', says: 'path and query, up to 1,024 bytes', read: ({ target }) => target },
  {
    name: 'status',
    type: 'UInt16',
    says: 'what the visitor was answered; 499 when it left before',
    read: ({ status }) => status,
  },
  {
    name: 'duration_ms',
    type: 'Float32',
    says: "from the head's end to the answer's end",
    read: ({ durationMs }) => Math.fround(durationMs),
  },
  { name: 'client_address', type: 'String', says: 'of the visitor', read: ({ clientAddress }) => clientAddress },
  { name: 'user_agent', type: 'String', says: 'up to 1,024 bytes', read: ({ userAgent }) => userAgent },
  { name: 'score', type: 'Nullable(UInt8)', says: '1 to 99; NULL where absent', read: ({ score }) => score },
  {
    name: 'score_absent_reason',
    type: 'String',
    says: 'why; empty where there is a score',
    read: ({ absentReason }) => absentReason ?? '',
  },
  {
    name: 'source',
    type: 'String',
    says: 'whose score it is: `heuristics`, `model`; empty where it is absent',
    read: ({ source }) => source ?? '',
  },
  {
    name: 'heuristics',
    type: 'Array(String)',
    says: 'heuristics that were sure',
    read: ({ heuristics }) => heuristics,
  },
  { name: 'action', type: 'String', says: 'what rules did: `pass`, `allow`, `block`', read: ({ action }) => action },
  { name: 'rule', type: 'String', says: 'the rule that ended the request', read: ({ rule }) => rule ?? '' },
  { name: 'rules_logged', type: 'Array(String)', says: '`log` rules that fired', read: ({ logged }) => logged },
  {
    name: 'rules_dry',
    type: 'Array(String)',
    says: 'rules that fired and did nothing: dry runs, and blocks while they are switched off',
    read: ({ dry }) => dry,
  },
  {
    name: 'unknowns',
    type: 'UInt16',
    says: 'rules that could not be decided because what they read is absent',
    read: ({ unknowns }) => unknowns,
  },
  version('features', 'which feature file judged'),
  version('model', 'which model'),
  version('sites', 'which sites and rules'),
  version('switches', 'which switches'),
  version('signals', 'which signals'),
  {
    name: 'ja4',
    type: 'String',
    says: 'how the connection was opened; empty in the clear, and where TLS ends before this edge',
    read: ({ ja4 }) => ja4,
  },
  {
    name: 'http2_fingerprint',
    type: 'String',
    says: 'of the HTTP/2 connection; empty for HTTP/1',
    read: ({ http2 }) => http2,
  },
  {
    name: 'header_order',
    type: 'String',
    says: 'fingerprint of the order of the headers, 12 hex digits; empty without a score',
    read: ({ headerOrder }) => (headerOrder === 0 ? '' : headerOrderText(headerOrder)),
  },
  {
    name: 'country',
    type: 'String',
    says: "ISO 3166 code of the visitor's network; empty where no list knows it",
    read: ({ country }) => country,
  },
  {
    name: 'asn',
    type: 'UInt32',
    says: 'number of its autonomous system; 0 where no list knows it',
    read: ({ asn }) => asn,
  },
  {
    name: 'verified_operator',
    type: 'String',
    says: 'whose bot this is proven to be; empty for everybody else',
    read: ({ operator }) => operator,
  },
  {
    name: 'network',
    type: 'String',
    says: "the visitor's /24 or /48, as signals have it",
    read: ({ clientAddress }) => networkKey(clientAddress) ?? '',
  },
  {
    name: 'claims_browser',
    type: 'UInt8',
    says: '1 where the User-Agent says that it is a browser',
    read: ({ userAgent }) => (claimsBrowser(userAgent) ? 1 : 0),
  },
  {
    name: 'shadow_score',
    type: 'Nullable(UInt8)',
    says: 'what the shadow model would have said; NULL where there is none',
    read: ({ shadowScore }) => shadowScore,
  },
  ...Object.entries(moduleColumns)
    .sort(([, one], [, other]) => one.since - other.since)
    .map(([name, { type, says }]) => moduleColumn(name, type, says)),
];

export const requestColumns: readonly string[] = requestColumnRows.map(({ name }) => name);

/** What a module declares; a record that has nothing of it has the column's own zero. */
function moduleColumn(name: string, type: ModuleColumn['type'], says: string): LogColumn {
  // A worker of another release may mean another type by the name.
  if (type === 'String') return { name, type, says, read: ({ columns }) => String(columns?.[name] ?? '') };
  return { name, type, says, read: ({ columns }) => Number(columns?.[name] ?? 0) } as LogColumn;
}

/** Which bundle of a kind was in force. Each kind whose row says `isLogged` has one; a test finds one that lacks. */
function version(kind: BundleKind, says: string): LogColumn {
  return { name: `${kind}_version`, type: 'Nullable(UInt64)', says, read: (_, { batch }) => batch.versions[kind] };
}
