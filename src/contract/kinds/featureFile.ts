/** Numeric ClickHouse types that a feature column may have. All are evaluated as float32. */
export const featureTypes = ['UInt8', 'UInt16', 'UInt32', 'Int32', 'Float32'] as const;
export type FeatureType = (typeof featureTypes)[number];

/**
 * One input of the model, as made from one column of `http_requests_features`: name and type are the column's own, the
 * rest is JSON in its comment. Position in the file is position in the vector.
 */
export interface FeatureDefinition {
  readonly name: string;
  readonly type: FeatureType;
  /** Name of an extractor in `bots/`; what it computes is code, how it is tuned is `parameters`. */
  readonly extractor: string;
  readonly parameters: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Values outside [min, max] are clamped. */
  readonly range: readonly [min: number, max: number];
  /** Stands in where the extractor has no value; null leaves the value missing and lets the model route it. */
  readonly default: number | null;
}

/** Payload of a bundle of kind `features`. */
export interface FeatureFile {
  readonly schema: 1;
  readonly features: readonly FeatureDefinition[];
}
