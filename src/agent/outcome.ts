import type { BundleKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';

/** What became of a bundle that arrived. */
export type Outcome =
  /** In force on every worker. */
  | { readonly outcome: 'ack'; readonly kind: BundleKind; readonly version: number }
  /** Refused or gone back from; all reasons. */
  | {
      readonly outcome: 'nack';
      readonly kind: BundleKind;
      readonly version: number;
      readonly findings: readonly Finding[];
    }
  /** A newer version of its kind came before its turn. */
  | { readonly outcome: 'superseded'; readonly kind: BundleKind; readonly version: number }
  /** No worker was there to try it on; it may come again. */
  | { readonly outcome: 'later'; readonly kind: BundleKind; readonly version: number };

/** An outcome as the log of the edge keeps it. */
export interface DatedOutcome {
  readonly atMs: number;
  readonly source: BundleSource;
  readonly outcome: Outcome;
}

/** Where a bundle came from. */
export type BundleSource = 'control' | 'file' | 'local' | 'disk' | 'edge';
