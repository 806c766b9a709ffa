import type { BundleKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { RequestHead } from '../http/requestHead.ts';

/** What the validator process is asked: may this payload come into force beside these? Payloads are bytes, unparsed. */
export interface CheckTask {
  readonly id: number;
  readonly kind: BundleKind;
  readonly payload: Uint8Array;
  readonly acceptShift: boolean;
  /** Payloads in force. */
  readonly current: { readonly [Kind in BundleKind]?: Uint8Array };
  /** The feature file that the software comes with. */
  readonly shippedFeatures?: Uint8Array;
  /** Recent real requests of this edge, oldest first. */
  readonly heads: readonly RequestHead[];
}

/** Its answer; no findings: yes. */
export interface CheckAnswer {
  readonly id: number;
  readonly findings: readonly Finding[];
}
