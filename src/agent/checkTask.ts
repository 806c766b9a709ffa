import type { BundleKind, PayloadsByKind } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { RequestHead } from '../http/requestHead.ts';

/** What the validator process is asked: may this payload come into force beside these? Payloads are bytes, unparsed. */
export interface CheckTask {
  readonly id: number;
  readonly kind: BundleKind;
  readonly payload: Uint8Array;
  readonly acceptShift: boolean;
  /** Payloads in force: those that the kind's row names as companions or rehearses it beside. */
  readonly current: PayloadsByKind;
  /** What the software comes with, where the row names that. */
  readonly shipped?: PayloadsByKind;
  /** Recent real requests of this edge, oldest first. */
  readonly heads: readonly RequestHead[];
}

/** Its answer; no findings: yes. */
export interface CheckAnswer {
  readonly id: number;
  readonly findings: readonly Finding[];
}
