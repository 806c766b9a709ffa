import { networkKey } from '../../address/index.ts';
import { claimsBrowser, headerOrderText } from '../../bots/index.ts';
import { type BundleKind, bundleKinds, rowOf } from '../../contract/bundleKind.ts';
import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import type { LogBatch, LogRecord } from '../../contract/logBatch.ts';
import { tsvNullable, tsvString, tsvStrings } from './tabSeparated.ts';

/** Kinds whose version in force stands in each row. */
const loggedKinds = bundleKinds.filter((kind) => rowOf(kind).isLogged);

export const requestColumns = [
  'at',
  'milliseconds',
  'id',
  'edge',
  'worker',
  'site',
  'method',
  'host',
  'target',
  'status',
  'duration_ms',
  'client_address',
  'user_agent',
  'score',
  'score_absent_reason',
  'source',
  'heuristics',
  'action',
  'rule',
  'rules_logged',
  'rules_dry',
  'unknowns',
  ...loggedKinds.map((kind): `${BundleKind}_version` => `${kind}_version`),
  'ja4',
  'http2_fingerprint',
  'header_order',
  'country',
  'asn',
  'verified_operator',
  'network',
  'claims_browser',
  'shadow_score',
] as const;

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
    const versions = loggedKinds.map((kind) => tsvNullable(batch.versions[kind])).join('\t');
    const edge = tsvString(batch.edge);
    batch.records.forEach((record, index) => {
      const seconds = Math.floor(record.atMs / 1_000);
      const key = `${seconds}\t${Math.floor(record.atMs) - seconds * 1_000}\t${firstId + index}\t${edge}`;
      this.requests.push(`${key}\t${batch.worker}\t${requestRow(record)}\t${versions}\t${origin(record)}\n`);
      if (record.vector === null || record.vector.length === 0) return;
      this.valuesWithoutColumn += strangers;
      this.features.push(`${key}\t${tsvNullable(batch.versions.features)}\t${featureValues(columns, record.vector)}\n`);
    });
  }
}

function requestRow(record: LogRecord): string {
  return [
    tsvString(record.site),
    tsvString(record.method),
    tsvString(record.host),
    tsvString(record.target),
    record.status,
    Math.fround(record.durationMs),
    tsvString(record.clientAddress),
    tsvString(record.userAgent),
    tsvNullable(record.score),
    record.absentReason ?? '',
    record.source ?? '',
    tsvStrings(record.heuristics),
    tsvString(record.action),
    tsvString(record.rule ?? ''),
    tsvStrings(record.logged),
    tsvStrings(record.dry),
    record.unknowns,
  ].join('\t');
}

/** How and from where it came; network and claim are worked out here, by the code that edges look signals up with. Last the shadow's score. */
function origin(record: LogRecord): string {
  return [
    tsvString(record.ja4),
    tsvString(record.http2),
    record.headerOrder === 0 ? '' : headerOrderText(record.headerOrder),
    tsvString(record.country),
    record.asn,
    tsvString(record.operator),
    tsvString(networkKey(record.clientAddress) ?? ''),
    claimsBrowser(record.userAgent) ? 1 : 0,
    tsvNullable(record.shadowScore),
  ].join('\t');
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
