import type { BundleKind, KindVersions, ShippedKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { KindFiles } from '../contract/kinds/kindRows.ts';

/**
 * One version of each kind, verified by signature and digest and validated as one set: what a request is judged by. A
 * kind that is absent here is absent (no score, no site, nothing switched off), never empty or zero.
 */
export interface LoadedSet extends LoadedFiles {
  readonly versions: KindVersions;
}

type LoadedFiles = { readonly [Kind in BundleKind]?: KindFiles[Kind] };

/** A set to start with, and what it lacks against the one that should run. */
export interface StartingSet {
  readonly set: LoadedSet;
  readonly missing: readonly Finding[];
}

/** Payloads that the software ships with, as bytes: version 0 of their kind. */
export type ShippedPayloads = { readonly [Kind in ShippedKind]?: Uint8Array };
