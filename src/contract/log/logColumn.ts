import type { LogBatchHeader, LogRecord } from '../logBatch.ts';

/** What a value must be to go into a column of the type. */
interface ValueOf {
  readonly String: string;
  readonly 'Array(String)': readonly string[];
  /** Seconds since 1970. */
  readonly DateTime: number;
  readonly UInt8: number;
  readonly UInt16: number;
  readonly UInt32: number;
  readonly UInt64: number;
  readonly Float32: number;
  readonly 'Nullable(UInt8)': number | null | undefined;
  readonly 'Nullable(UInt64)': number | null | undefined;
}
export type LogColumnType = keyof ValueOf;

/**
 * One column of the request log in ClickHouse. What is inserted and the documents' table come out of the row; the tables
 * themselves get a new column by a migration, which tools/makeColumnMigration.ts writes.
 */
export type LogColumn = { readonly [Type in LogColumnType]: Column<Type> }[LogColumnType];

interface Column<Type extends LogColumnType> {
  /** Lower case with `_`. */
  readonly name: string;
  readonly type: Type;
  /** Without a full stop. */
  readonly says: string;
  /** Called by the factory once per record. */
  read(record: LogRecord, of: RowSource): ValueOf[Type];
}

/** What a row is made of beside its record. */
export interface RowSource {
  /** Unique, also over restarts of the factory; the same in both tables. */
  readonly id: number;
  readonly batch: LogBatchHeader;
}
