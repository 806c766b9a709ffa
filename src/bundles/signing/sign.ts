import { hash, sign } from 'node:crypto';
import type { BundleKind } from '../../contract/bundleKind.ts';
import { assert } from '../../kernel/assert.ts';
import { type EnvelopeHeader, encodeEnvelope, signedText } from './envelope.ts';
import type { SigningKey } from './signingKey.ts';

export interface UnsignedBundle {
  readonly kind: BundleKind;
  readonly version: number;
  readonly madeAtMs: number;
  readonly payload: Uint8Array;
  /** The operator says that a shift of the scores in rehearsal is intended; false unless given. */
  readonly acceptShift?: boolean;
}

/** Signs whatever it is given: what a payload says is `validatePayload`'s matter, here and at every receiver. */
export function signBundle(bundle: UnsignedBundle, key: SigningKey): Uint8Array {
  assert(bundle.kind === key.kind, `a ${key.kind} key never signs a bundle of kind ${bundle.kind}`);
  const header: EnvelopeHeader = {
    kind: bundle.kind,
    version: bundle.version,
    key: key.id,
    madeAtMs: Math.max(0, Math.floor(bundle.madeAtMs)),
    payloadBytes: bundle.payload.length,
    sha256: hash('sha256', bundle.payload, 'hex'),
    acceptShift: bundle.acceptShift ?? false,
  };
  return encodeEnvelope(header, sign(null, signedText(header), key.privateKey), bundle.payload);
}
