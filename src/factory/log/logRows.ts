import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import type { LogColumnType, RowSource } from '../../contract/log/logColumn.ts';
import type { LogBatch, LogRecord } from '../../contract/logBatch.ts';
import { requestColumnRows } from './requestColumns.ts';
import { tsvNullable, tsvString, tsvStrings } from './tabSeparated.ts';

/** Columns of `http_requests_features` that are no features. */
export const featureKeyColumns = ['at', 'milliseconds', 'id', 'edge', 'features_version', 'missing'] as const;

/** A feature column of the table as it is now. */
export type StoredFeature = Pick<FeatureDefinition, 'name' | 'type' | 'default'>;

/** Rows of both tables out of decoded batches; `text` is TabSeparated. */
export class LogRows {
  readonly requests: string[] = [];
  readonly features: string[] = [];
  /** Values of features that the table has no column for (any more). */
  valuesWithoutColumn = 0;
  readonly #stored: readonly StoredFeature[];

  constructor(stored: readonly StoredFeature[]) {
    this.#stored = stored;
  }

  get featureColumns(): readonly string[] {
    return [...featureKeyColumns, ...this.#stored.map((feature) => feature.name)];
  }

  /** `firstId` numbers the batch's records from there. */
  add(batch: LogBatch, firstId: number): void {
    const place = new Map(batch.featureNames.map((name, index) => [name, index]));
    const columns = this.#stored.map((feature) => ({ feature, index: place.get(feature.name) ?? -1 }));
    const strangers = batch.featureNames.length - columns.filter(({ index }) => index >= 0).length;
    const { features } = batch.versions;
    const edge = tsvString(batch.edge);
    batch.records.forEach((record, index) => {
      const id = firstId + index;
      this.requests.push(requestRow(record, { id, batch }));
      if (record.vector === null || record.vector.length === 0) return;
      this.valuesWithoutColumn += strangers;
      const seconds = Math.floor(record.atMs / 1_000);
      const key = `${seconds}\t${Math.floor(record.atMs) - seconds * 1_000}\t${id}\t${edge}`;
      this.features.push(`${key}\t${tsvNullable(features)}\t${featureValues(columns, record.vector)}\n`);
    });
  }
}

function requestRow(record: LogRecord, of: RowSource): string {
  let row = '';
  for (const { type, read } of requestColumnRows) row += `${row === '' ? '' : '\t'}${tsvValue(type, read(record, of))}`;
  return `${row}\n`;
}

function tsvValue(type: LogColumnType, value: string | number | readonly string[] | null | undefined): string {
  if (type === 'String') return tsvString(value as string);
  return type === 'Array(String)' ? tsvStrings(value as readonly string[]) : tsvNullable(value as number | null);
}

/** A feature without a value is named in `missing`; its column then holds the default, which alone would be a lie. */
function featureValues(
  columns: readonly { readonly feature: StoredFeature; readonly index: number }[],
  vector: Float32Array,
): string {
  const missing: string[] = [];
  let values = '';
  for (const { feature, index } of columns) {
    const value = index < 0 ? Number.NaN : (vector[index] as number);
    if (Number.isNaN(value)) missing.push(feature.name);
    values += `\t${storable(Number.isNaN(value) ? feature.default : value, feature.type)}`;
  }
  return tsvStrings(missing) + values;
}

function storable(value: number | null, type: FeatureDefinition['type']): number | string {
  if (type === 'Float32') return value === null ? 'nan' : Number.isFinite(value) ? value : value > 0 ? 'inf' : '-inf';
  const [min, max] = integerRanges[type] ?? [0, 0];
  return Math.round(Math.min(max, Math.max(min, value ?? 0)));
}

const integerRanges: Readonly<Record<string, readonly [number, number]>> = {
  UInt8: [0, 255],
  UInt16: [0, 65_535],
  UInt32: [0, 4_294_967_295],
  Int32: [-2_147_483_648, 2_147_483_647],
};
