import type { BundleKind } from './bundleKind.ts';

/** One row per reason; docs/bundles.md's table of them is made of the rows. */
interface RefusalRow {
  /** What it is found in, or when. */
  readonly about: 'envelope' | 'payload' | BundleKind | 'force';
  /** A sentence without its full stop: what the reason means. Figures and names stand in the finding. */
  readonly says: string;
}

/** Why a bundle is refused: the closed list. The word is the log field, the metric label and the API value alike. */
export const refusals = {
  'envelope-malformed': { about: 'envelope', says: 'the header is not spelt as the format wants it' },
  'envelope-kind-mismatch': {
    about: 'envelope',
    says: 'the bundle is of another kind than the one that was asked for',
  },
  'key-unknown': { about: 'envelope', says: 'no key of this id is trusted for this kind' },
  'key-revoked': { about: 'envelope', says: 'the key that signed it was revoked' },
  'signature-invalid': { about: 'envelope', says: 'the signature is not that of the key that the header names' },
  'length-mismatch': { about: 'envelope', says: 'the payload is longer or shorter than the header says' },
  'digest-mismatch': { about: 'envelope', says: 'the payload is not the one that was signed' },
  'version-not-higher': {
    about: 'envelope',
    says: 'a version that is as high or higher is in force or stored already',
  },
  'version-quarantined': { about: 'envelope', says: 'this version was in force here once, and workers failed on it' },
  'kind-frozen': {
    about: 'envelope',
    says: 'control takes no new versions of this kind until somebody ends the freeze',
  },
  'payload-too-large': { about: 'payload', says: 'the payload has more bytes or more values than its kind may have' },
  'payload-not-utf8': { about: 'payload', says: 'the payload is no UTF-8' },
  'payload-not-json': { about: 'payload', says: 'the payload is no JSON, or begins with a byte order mark' },
  'schema-invalid': {
    about: 'payload',
    says: 'a key is missing, unknown or there twice, a value is of the wrong type or shape, or it is nested too deep',
  },
  'features-empty': { about: 'features', says: 'there is no feature' },
  'features-too-many': {
    about: 'features',
    says: 'there are more features than any feature file may have: 18 November 2025',
  },
  'feature-name-duplicate': {
    about: 'features',
    says: 'features share a name: what a query gives whose rows came twice',
  },
  'feature-name-invalid': { about: 'features', says: "a feature's name is not one that a column can have" },
  'feature-type-unknown': { about: 'features', says: "a feature's type is none of the five" },
  'feature-extractor-unknown': { about: 'features', says: 'this software has no extractor of that name' },
  'feature-parameter-invalid': { about: 'features', says: 'the extractor does not take these parameters' },
  'feature-range-invalid': { about: 'features', says: 'a range is upside down, empty, or wider than its type' },
  'feature-default-outside-range': { about: 'features', says: "a default lies outside the feature's own range" },
  'features-shrunk': { about: 'features', says: 'more features are gone than go by intention' },
  'features-grown': { about: 'features', says: 'more features are new than come by intention' },
  'readings-disagree': { about: 'features', says: 'the factory read the same twice in a row, and the answers differ' },
  'model-feature-missing': { about: 'model', says: 'the model asks for a feature that the feature file does not have' },
  'model-feature-duplicate': { about: 'model', says: 'the model names a feature twice' },
  'model-empty': { about: 'model', says: 'the model has no feature, no tree or no node' },
  'model-too-large': { about: 'model', says: 'the model has more features, trees, nodes or levels than it may have' },
  'model-node-invalid': {
    about: 'model',
    says: 'the nodes are no forest, or a number in one of them is none that can be computed with',
  },
  'signals-empty': { about: 'signals', says: 'no table has a row' },
  'signals-too-many': { about: 'signals', says: 'a table has more rows than it may have' },
  'signal-key-invalid': { about: 'signals', says: 'a key is not spelt as its table wants it' },
  'signal-key-duplicate': { about: 'signals', says: 'a table has a key twice' },
  'signal-out-of-range': { about: 'signals', says: 'a share, quantile or rank lies outside its range' },
  'signals-shrunk': { about: 'signals', says: 'a table lost more than half its rows within half an hour' },
  'lists-empty': { about: 'lists', says: 'nothing is known of any address' },
  'lists-too-many': { about: 'lists', says: 'there are more steps, countries or names than there may be' },
  'list-name-invalid': {
    about: 'lists',
    says: "a country or a list's name is not spelt as it has to be, or is there twice",
  },
  'list-order-invalid': { about: 'lists', says: 'a range stands there twice, overlaps another, or is out of order' },
  'list-value-invalid': { about: 'lists', says: 'a step points to a country or a list that the file does not name' },
  'list-too-wide': { about: 'lists', says: 'a list holds more than a quarter of all addresses' },
  'lists-shrunk': { about: 'lists', says: 'lists are gone, or one lost more than half of what it held' },
  'site-duplicate': { about: 'sites', says: 'two sites share a name' },
  'sites-too-many': { about: 'sites', says: 'there are more sites than there may be' },
  'host-invalid': { about: 'sites', says: 'a host is no host name, or a site has none or too many' },
  'host-duplicate': { about: 'sites', says: 'two sites claim a host' },
  'origin-invalid': { about: 'sites', says: "an origin's URL or weight is not one, or an origin is there twice" },
  'upstream-invalid': { about: 'sites', says: 'a setting of how origins are talked to lies outside its range' },
  'upstream-tls-invalid': { about: 'sites', says: 'a setting of TLS to origins is not one' },
  'limit-invalid': { about: 'sites', says: 'a limit lies outside its range' },
  'header-edit-invalid': {
    about: 'sites',
    says: 'a header that is to be set, added or removed cannot be, or there are too many',
  },
  'redirect-invalid': {
    about: 'sites',
    says: "a redirect's path or target is not one, it leads in a circle, or there are too many",
  },
  'error-page-invalid': { about: 'sites', says: "an error page's status or body is not one, or there are too many" },
  'rules-too-many': { about: 'sites', says: 'a site has more rules than it may have' },
  'rule-name-duplicate': { about: 'sites', says: 'two rules of a site share a name' },
  'rule-invalid': { about: 'sites', says: 'an expression does not compile, or is neither true nor false' },
  'rule-too-costly': { about: 'sites', says: 'an expression is longer or costs more than one may' },
  'rule-blocks-when-absent': {
    about: 'sites',
    says: 'with the score or lists absent, a rule would block what it lets through otherwise',
  },
  'switch-unknown': { about: 'switches', says: 'there is nothing of this name to switch off' },
  'switches-too-many': { about: 'switches', says: 'there are more switches than there may be' },
  'validation-timeout': { about: 'force', says: 'checking it took too long' },
  'validation-memory': { about: 'force', says: 'checking it took too much memory' },
  'validation-crashed': { about: 'force', says: 'the process that checked it ended in the middle' },
  'rehearsal-threw': { about: 'force', says: 'a request of the rehearsal made it fail' },
  'rehearsal-too-slow': {
    about: 'force',
    says: 'requests of the rehearsal took longer than visitors may be made to wait',
  },
  'rehearsal-score-shift': {
    about: 'force',
    says: "scores of the rehearsal's requests moved more than they do by intention",
  },
  'rehearsal-blocks': { about: 'force', says: "rules would block many more of the rehearsal's requests than before" },
  'disk-write-failed': { about: 'force', says: "the edge's disk did not take it" },
  'disk-read-failed': { about: 'force', says: "the edge's disk did not give it back" },
  'bundle-missing': { about: 'force', says: 'a bundle that something else needs is not on the edge' },
  'state-unreadable': { about: 'force', says: 'the file that says what ran last is damaged or gone' },
  'worker-refused': { about: 'force', says: "a worker's own check of the new set failed" },
  'worker-died': { about: 'force', says: 'workers died with it in force' },
  'watch-failed': {
    about: 'force',
    says: 'a worker that took it fell silent, or fared worse than before: errors, failures of modules, slow answers',
  },
} as const satisfies Readonly<Record<string, RefusalRow>>;
export type RefusalReason = keyof typeof refusals;
export const refusalReasons = Object.keys(refusals) as readonly RefusalReason[];

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
