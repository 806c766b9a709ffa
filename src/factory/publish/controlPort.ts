import type { BundleKind } from '../../contract/bundleKind.ts';
import type { KindStatus } from '../../contract/controlApi.ts';
import type { Finding } from '../../contract/finding.ts';

/** Control as the factory needs it. Every call rejects with `ControlGone` when control cannot be reached or fails itself. */
export interface ControlPort {
  kindStatus(kind: BundleKind): Promise<KindStatus>;
  /** A stored bundle's bytes. */
  bundle(kind: BundleKind, version: number): Promise<Uint8Array>;
  /** Hands over a signed bundle. A refusal is an answer, not a failure. */
  publish(kind: BundleKind, bundle: Uint8Array): Promise<PublishAnswer>;
  /** Tells control of a refusal at this end, so that it stands beside those of the edges. */
  reportRefusal(kind: BundleKind, findings: readonly Finding[]): Promise<void>;
}

export type PublishAnswer =
  | { readonly answer: 'stored' }
  /** 409: somebody else took this number; 423: frozen meanwhile. Both end this cycle and no more. */
  | { readonly answer: 'conflict' | 'frozen'; readonly error: string }
  | { readonly answer: 'refused'; readonly error: string; readonly findings: readonly Finding[] };

/** Note in control's history by which the factory knows its own versions again. */
export const factoryNote = 'from ClickHouse';

export class ControlGone extends Error {
  override readonly name = 'ControlGone';
}
