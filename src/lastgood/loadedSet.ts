import type { KindVersions } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ListsFile } from '../contract/kinds/listsFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import type { SignalsFile } from '../contract/kinds/signalsFile.ts';
import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import type { SwitchesFile } from '../contract/kinds/switchesFile.ts';

/**
 * One version of each kind, verified by signature and digest and validated as one set: what a request is judged by. A
 * kind that is absent here is absent (no score, no site, nothing switched off), never empty or zero.
 */
export interface LoadedSet {
  readonly versions: KindVersions;
  readonly lists?: ListsFile;
  readonly features?: FeatureFile;
  readonly model?: ModelFile;
  readonly signals?: SignalsFile;
  readonly sites?: SitesFile;
  readonly switches?: SwitchesFile;
}

/** A set to start with, and what it lacks against the one that should run. */
export interface StartingSet {
  readonly set: LoadedSet;
  readonly missing: readonly Finding[];
}

/** Payloads that the software ships with, as bytes: version 0 of their kind. */
export interface ShippedPayloads {
  readonly features?: Uint8Array;
  readonly model?: Uint8Array;
}
