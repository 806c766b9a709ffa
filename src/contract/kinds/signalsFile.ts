/** What signals are kept about: the tables of a signals file, a closed list. */
export const signalTables = ['ja4', 'headerOrder', 'network', 'asn'] as const;
export type SignalTableName = (typeof signalTables)[number];

/**
 * Figures of one row, all of the last hour. Shares are of its requests. A rank is the row's place among the rows of its
 * table, 1 for the most (equals share the better place); the quantile is the share of rows with as many requests or fewer.
 * All are relative, so a window that was read twice over says the same.
 */
export const signalFigures = [
  /** User agents that claim a browser. */
  'browserShare',
  /** Requests that a heuristic hit. */
  'heuristicShare',
  /** Requests over HTTP/2. */
  'http2Share',
  'requestQuantile',
  'requestRank',
  /** By distinct user agents, paths and client addresses. */
  'userAgentRank',
  'pathRank',
  'addressRank',
] as const;
export type SignalFigure = (typeof signalFigures)[number];

/** Column by column: the figures of `keys[i]` are at place i of each list. Rows in falling order of their requests. */
export type SignalTable = { readonly keys: readonly string[] } & Readonly<Record<SignalFigure, readonly number[]>>;

/**
 * The payload of a `signals` bundle: how the whole fleet's traffic looked in one hour, per fingerprint and network. Keys: a
 * JA4; a header-order hash; an IPv4 /24 or IPv6 /48 (`192.0.2.0/24`); the number of an autonomous system. A key that is not
 * there was not seen often enough to say anything: its figures are missing, not zero.
 */
export interface SignalsFile {
  readonly schema: 1;
  /** The hour that was counted ended then, milliseconds since 1970. */
  readonly windowEndMs: number;
  readonly ja4: SignalTable;
  readonly headerOrder: SignalTable;
  readonly network: SignalTable;
  readonly asn: SignalTable;
}

export function isShare(figure: SignalFigure): boolean {
  return figure.endsWith('Share') || figure.endsWith('Quantile');
}

/** What a key of each table looks like; one spelling each, so that a lookup is a comparison. None has more than 44 characters. */
const keyPatterns: Readonly<Record<SignalTableName, RegExp>> = {
  ja4: /^[a-z0-9]{10}_[0-9a-f]{12}_[0-9a-f]{12}$/,
  headerOrder: /^[0-9a-f]{12}$/,
  network: /^(?:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.0\/24|[0-9a-f:]{2,39}\/48)$/,
  asn: /^[1-9][0-9]{0,9}$/,
};

export function isSignalKey(table: SignalTableName, key: string): boolean {
  return keyPatterns[table].test(key);
}

/** What a bundle of kind `signals` alone is refused for, and what each reason means: sentences without their full stops. */
export const signalsReasons = {
  'signals-empty': 'no table has a row',
  'signals-too-many': 'a table has more rows than it may have',
  'signal-key-invalid': 'a key is not spelt as its table wants it',
  'signal-key-duplicate': 'a table has a key twice',
  'signal-out-of-range': 'a share, quantile or rank lies outside its range',
  'signals-shrunk': 'a table lost more than half its rows within half an hour',
} as const;
