/**
 * ClickHouse as the factory needs it. Two implementations: the engine embedded in this process (`ChdbWarehouse`) and a
 * server by URL (`ServerWarehouse`); both pass the suite in `test/factory/warehouseSuite.ts`.
 *
 * Every method rejects with a `WarehouseError` when ClickHouse is slow, gone or refuses; callers handle it. Calls may
 * overlap; `close` waits for what is under way.
 */
export interface Warehouse {
  /** Which set of migrations applies. */
  readonly flavour: WarehouseFlavour;
  /** What runs, for status and log: `chdb, ClickHouse 26.7.2.1`. */
  readonly engine: string;
  /** Major and minor version of the engine, e.g. [26, 7]. */
  readonly version: readonly [major: number, minor: number];
  /**
   * The feature columns of `table` as the reading user sees them, in the columns' own order. `database` null: of every
   * database that the user may see, which is the query of 18 November 2025.
   */
  readColumns(table: string, database: string | null): Promise<ColumnReading[]>;
  /** Inserts rows in the format TabSeparated into `default.<table>`, i.e. onto one of its shards. */
  insert(table: string, columns: readonly string[], rows: Uint8Array): Promise<void>;
  /** One statement that reads; the answer in the named ClickHouse format, whole, at most `queryAnswerBytesMax`. */
  query(sql: string, format: string): Promise<string>;
  /** One statement that changes something and answers nothing: migrations, added columns. */
  execute(sql: string): Promise<void>;
  /** Takes up changed users and grants. True when there was a change. A server does this by itself. */
  refreshAccess(): Promise<boolean>;
  close(): Promise<void>;
}

export type WarehouseFlavour = 'embedded' | 'server';

/** One row of `system.columns`. */
export interface ColumnReading {
  readonly database: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
}

/** Key columns of the features table say so in their comment; everything else in it is a feature. */
export const keyColumnMark = 'key: ';

/** The factory's query. Its filter on the database is what was missing on that day. */
export function columnsQuery(
  source: string,
  table: string,
  database: string | null,
  order: string,
  rowsMax: number,
): string {
  const filter = database === null ? '' : ` AND database = ${quote(database)}`;
  return (
    `SELECT database, name, type, comment FROM ${source} WHERE table = ${quote(table)}${filter}` +
    ` AND comment NOT LIKE ${quote(`${keyColumnMark}%`)}${order} LIMIT ${rowsMax}`
  );
}

/** A string literal of ClickHouse. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** An identifier of ClickHouse. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** Reads JSONEachRow text. */
export function parseRows<Row>(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

export function parseVersion(text: string): readonly [major: number, minor: number] {
  const [major, minor] = text.trim().split('.').map(Number);
  return [major ?? 0, minor ?? 0];
}
