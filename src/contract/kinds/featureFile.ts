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

/** What a bundle of kind `features` alone is refused for, and what each reason means: sentences without their full stops. */
export const featuresReasons = {
  'features-empty': 'there is no feature',
  'features-too-many': 'there are more features than any feature file may have: 18 November 2025',
  'feature-name-duplicate': 'features share a name: what a query gives whose rows came twice',
  'feature-name-invalid': "a feature's name is not one that a column can have",
  'feature-type-unknown': "a feature's type is none of the five",
  'feature-extractor-unknown': 'this software has no extractor of that name',
  'feature-parameter-invalid': 'the extractor does not take these parameters',
  'feature-range-invalid': 'a range is upside down, empty, or wider than its type',
  'feature-default-outside-range': "a default lies outside the feature's own range",
  'features-shrunk': 'more features are gone than go by intention',
  'features-grown': 'more features are new than come by intention',
  'readings-disagree': 'the factory read the same twice in a row, and the answers differ',
} as const;
