/** Why a bundle is refused: the closed list. The word is the log field, the metric label and the API value alike. */
export const refusalReasons = [
  // envelope
  'envelope-malformed',
  'envelope-kind-mismatch',
  'key-unknown',
  'key-revoked',
  'signature-invalid',
  'length-mismatch',
  'digest-mismatch',
  'version-not-higher',
  'version-quarantined',
  'kind-frozen',
  // any payload
  'payload-too-large',
  'payload-not-utf8',
  'payload-not-json',
  'schema-invalid',
  // features
  'features-empty',
  'features-too-many',
  'feature-name-duplicate',
  'feature-name-invalid',
  'feature-type-unknown',
  'feature-extractor-unknown',
  'feature-parameter-invalid',
  'feature-range-invalid',
  'feature-default-outside-range',
  'features-shrunk',
  'features-grown',
  'readings-disagree',
  // model
  'model-feature-missing',
  'model-feature-duplicate',
  'model-empty',
  'model-too-large',
  'model-node-invalid',
  // signals
  'signals-empty',
  'signals-too-many',
  'signal-key-invalid',
  'signal-key-duplicate',
  'signal-out-of-range',
  'signals-shrunk',
  // lists
  'lists-empty',
  'lists-too-many',
  'list-name-invalid',
  'list-order-invalid',
  'list-value-invalid',
  'list-too-wide',
  'lists-shrunk',
  // sites
  'site-duplicate',
  'sites-too-many',
  'host-invalid',
  'host-duplicate',
  'origin-invalid',
  'upstream-invalid',
  'upstream-tls-invalid',
  'limit-invalid',
  'header-edit-invalid',
  'redirect-invalid',
  'error-page-invalid',
  'rules-too-many',
  'rule-name-duplicate',
  'rule-invalid',
  'rule-too-costly',
  'rule-blocks-when-absent',
  // switches
  'switch-unknown',
  'switches-too-many',
  // bringing it into force
  'validation-timeout',
  'validation-memory',
  'validation-crashed',
  'rehearsal-threw',
  'rehearsal-too-slow',
  'rehearsal-score-shift',
  'rehearsal-blocks',
  'disk-write-failed',
  'disk-read-failed',
  'bundle-missing',
  'state-unreadable',
  'worker-refused',
  'worker-died',
  'watch-failed',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** One reason with what a person needs to act on it. A refusal carries all its findings, not the first alone. */
export interface Finding {
  readonly reason: RefusalReason;
  /** A whole sentence: what is wrong, where, what to do. */
  readonly message: string;
  /** The names concerned, e.g. the duplicate features; at most `limits.namesPerFindingMax`. */
  readonly names?: readonly string[];
  readonly value?: number;
  readonly limit?: number;
}
