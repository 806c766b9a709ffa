import { hash, verify } from 'node:crypto';
import type { BundleKind } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Trust } from '../../contract/trust.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type Envelope, inspectEnvelope, signedText } from './envelope.ts';
import { publicKeyObject } from './signingKey.ts';
import { findTrustedKey } from './trust.ts';

/** A bundle whose signature, digest and version were checked. Its payload is authentic; whether it is *good* is another question. */
export interface Bundle {
  readonly kind: BundleKind;
  readonly version: number;
  readonly madeAtMs: number;
  readonly payload: Uint8Array;
  readonly sha256: string;
  readonly acceptShift: boolean;
}

export interface Expectation {
  readonly kind: BundleKind;
  readonly trust: Trust;
  /** The bundle's version must be higher than this one. */
  readonly versionAfter: number;
  readonly quarantined?: readonly number[];
}

/**
 * Checks in the order in which it is safe to go on: size, header, key, signature, then digest and version together.
 * Behind a bad signature nothing of the payload is looked at, and nothing the header claims is repeated as a finding.
 */
export function verifyBundle(bytes: Uint8Array, expectation: Expectation): Result<Bundle, Finding[]> {
  const { envelope, findings } = inspectEnvelope(bytes, expectation.kind);
  if (envelope === undefined) return err(findings);
  const untrusted = signatureFinding(envelope, expectation);
  if (untrusted !== undefined) return err([...findings, untrusted]);
  findings.push(...digestFindings(envelope), ...versionFindings(envelope, expectation));
  if (findings.length > 0) return err(findings);
  const { kind, version, madeAtMs, payload, sha256, acceptShift } = envelope;
  return ok({ kind, version, madeAtMs, payload, sha256, acceptShift });
}

function signatureFinding(envelope: Envelope, { kind, trust }: Expectation): Finding | undefined {
  // Looked up under the kind that was asked for: a features key is unknown here when it signs a model.
  const key = findTrustedKey(trust, kind, envelope.key);
  if (key === undefined) {
    const message = `Key ${envelope.key} is not trusted for kind ${kind}. If it is new, put it into trust.json first.`;
    return { reason: 'key-unknown', message };
  }
  if (key.revoked) {
    const message = `Key ${envelope.key} of kind ${kind} was revoked. Sign again with the key in use.`;
    return { reason: 'key-revoked', message };
  }
  if (isSignedBy(envelope, key.publicKey)) return undefined;
  const message = `The signature does not match the header under key ${envelope.key}: it was changed or cut on its way.`;
  return { reason: 'signature-invalid', message };
}

function isSignedBy(envelope: Envelope, publicKey: string): boolean {
  try {
    return verify(null, signedText(envelope), publicKeyObject(Buffer.from(publicKey, 'base64')), envelope.signature);
  } catch {
    // A trusted key that is no point of the curve signs nothing.
    return false;
  }
}

function digestFindings(envelope: Envelope): Finding[] {
  // Where the length differs, the digest cannot agree, and what came may be arbitrarily wrong: one reason is enough.
  if (envelope.payload.length !== envelope.payloadBytes) return [];
  if (hash('sha256', envelope.payload, 'hex') === envelope.sha256) return [];
  return [{ reason: 'digest-mismatch', message: 'The payload is not the one that was signed: its SHA-256 differs.' }];
}

function versionFindings({ kind, version }: Envelope, { versionAfter, quarantined }: Expectation): Finding[] {
  const findings: Finding[] = [];
  if (version <= versionAfter) {
    const message = `Version ${version} of ${kind} is not higher than ${versionAfter}, and versions go up only. To go back, roll back: old content under a new number.`;
    findings.push({ reason: 'version-not-higher', message, value: version, limit: versionAfter });
  }
  if (quarantined?.includes(version)) {
    const message = `Version ${version} of ${kind} is in quarantine here because it failed before. Publish a repaired one under a higher number.`;
    findings.push({ reason: 'version-quarantined', message, value: version });
  }
  return findings;
}
