import { type BundleKind, bundleKinds } from './bundleKind.ts';
import { kindRows } from './kinds/kindRows.ts';

/** One row per reason; docs/bundles.md's table of them is made of the rows. */
interface RefusalRow {
  /** What it is found in, or when. */
  readonly about: 'envelope' | 'payload' | BundleKind | 'force';
  /** A sentence without its full stop: what the reason means. Figures and names stand in the finding. */
  readonly says: string;
}

/** What any bundle may be refused for. What one kind alone is refused for stands in its row. */
const ofAnyKind = {
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

type Reasons<Kind extends BundleKind> = keyof (typeof kindRows)[Kind]['reasons'];
/** Why a bundle is refused: the closed list. The word is the log field, the metric label and the API value alike. */
export type RefusalReason = keyof typeof ofAnyKind | { [Kind in BundleKind]: Reasons<Kind> }[BundleKind];

export const refusals = {
  ...ofAnyKind,
  ...Object.fromEntries(
    bundleKinds.flatMap((about) =>
      Object.entries(kindRows[about].reasons).map(([reason, says]): [string, RefusalRow] => [reason, { about, says }]),
    ),
  ),
} as Readonly<Record<RefusalReason, RefusalRow>>;
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
