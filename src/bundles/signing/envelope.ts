import { type BundleKind, bundleKinds, isBundleKind, payloadBytesMax } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import { limits } from '../../contract/limits.ts';
import { err, ok, type Result } from '../../kernel/result.ts';

/*
 * A bundle is one line of JSON, a line feed, and the payload. The line has exactly one spelling: the fields below in
 * this order, no spaces. What is not spelt so is refused, so nobody has to ask which of two readings was signed.
 */

/** Format number; a change of the header or of what is signed raises it. */
export const envelopeFormat = 1;
/** Versions count up from 1; a year of one a second has 31.5 million. */
export const versionMax = 1e12;

/** What the header says; claims, until `verifyBundle` has checked the signature. */
export interface EnvelopeHeader {
  readonly kind: BundleKind;
  readonly version: number;
  /** Id of the signing key. */
  readonly key: string;
  readonly madeAtMs: number;
  readonly payloadBytes: number;
  /** Hex digest of the payload. */
  readonly sha256: string;
  /** The operator says that a shift of the scores in rehearsal is intended. */
  readonly acceptShift: boolean;
}

export interface Envelope extends EnvelopeHeader {
  readonly signature: Uint8Array;
  /** A view of the bundle's bytes behind the header, unread so far. */
  readonly payload: Uint8Array;
}

/** Reads the header and checks lengths. Does not look at the payload's content and trusts nobody yet. */
export function readEnvelope(bytes: Uint8Array, kind: BundleKind): Result<Envelope, Finding[]> {
  const { envelope, findings } = inspectEnvelope(bytes, kind);
  return envelope !== undefined && findings.length === 0 ? ok(envelope) : err(findings);
}

/** As `readEnvelope`, but hands out a readable header beside its findings, so that the caller can collect more. */
export function inspectEnvelope(bytes: Uint8Array, kind: BundleKind): { envelope?: Envelope; findings: Finding[] } {
  const bytesMax = bundleBytesMax(kind);
  if (bytes.length > bytesMax) {
    const message = `The bundle has ${bytes.length} bytes; a bundle of kind ${kind} has at most ${bytesMax}.`;
    return { findings: [{ reason: 'payload-too-large', message, value: bytes.length, limit: bytesMax }] };
  }
  const lineBytes = bytes.subarray(0, limits.envelopeHeaderBytesMax + 1).indexOf(0x0a);
  if (lineBytes < 0) {
    return malformed(`no line feed ends the header within its first ${limits.envelopeHeaderBytesMax} bytes`);
  }
  const header = decodeHeader(bytes.subarray(0, lineBytes));
  if (typeof header === 'string') return malformed(header);
  const envelope = { ...header, payload: bytes.subarray(lineBytes + 1) };
  return { envelope, findings: lengthFindings(envelope, kind) };
}

export function encodeEnvelope(header: EnvelopeHeader, signature: Uint8Array, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${spell(header, Buffer.from(signature).toString('base64'))}\n`), payload]);
}

/** The bytes that are signed: every field that means something, behind a name no other protocol signs under. */
export function signedText(header: EnvelopeHeader): Uint8Array {
  const { kind, version, key, madeAtMs, payloadBytes, sha256, acceptShift } = header;
  const fields = { kind, version, key, madeAtMs, payloadBytes, sha256, acceptShift };
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
  return Buffer.from(`holdfast bundle signature, format ${envelopeFormat}\n${lines.join('')}`);
}

export function bundleBytesMax(kind: BundleKind): number {
  return limits.envelopeHeaderBytesMax + 1 + payloadBytesMax[kind];
}

function lengthFindings(envelope: Envelope, kind: BundleKind): Finding[] {
  const findings: Finding[] = [];
  if (envelope.kind !== kind) {
    const message = `The bundle says it is of kind ${envelope.kind}; kind ${kind} was asked for.`;
    findings.push({ reason: 'envelope-kind-mismatch', message });
  }
  const limit = payloadBytesMax[kind];
  const value = Math.max(envelope.payload.length, envelope.payloadBytes);
  if (value > limit) {
    const message = `The payload has ${value} bytes; a payload of kind ${kind} has at most ${limit}.`;
    findings.push({ reason: 'payload-too-large', message, value, limit });
  }
  if (envelope.payload.length !== envelope.payloadBytes) {
    const message = `The header promises ${envelope.payloadBytes} bytes of payload; ${envelope.payload.length} came.`;
    const counts = { value: envelope.payload.length, limit: envelope.payloadBytes };
    findings.push({ reason: 'length-mismatch', message, ...counts });
  }
  return findings;
}

/** The header, or what is wrong with it. */
function decodeHeader(line: Uint8Array): (EnvelopeHeader & { signature: Uint8Array }) | string {
  // Latin-1 keeps one character per byte; anything outside ASCII then differs from the one spelling below.
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the header is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the header is not a JSON object';
  const { holdfast, kind, version, key, madeAtMs, payloadBytes, sha256, acceptShift, signature } = value as Record<
    string,
    unknown
  >;
  if (holdfast !== envelopeFormat) return `its format is ${show(holdfast)}; this software reads ${envelopeFormat}`;
  if (typeof kind !== 'string' || !isBundleKind(kind)) return `its kind is none of ${bundleKinds.join(', ')}`;
  if (!isWhole(version, 1, versionMax)) return `its version is not a whole number from 1 to ${versionMax}`;
  if (!isMatch(key, /^[0-9a-f]{16}$/)) return 'its key is not 16 hex digits';
  if (!isWhole(madeAtMs, 0, Number.MAX_SAFE_INTEGER)) return 'its madeAtMs is not a whole number of milliseconds';
  if (!isWhole(payloadBytes, 0, Number.MAX_SAFE_INTEGER)) return 'its payloadBytes is not a whole number';
  if (!isMatch(sha256, /^[0-9a-f]{64}$/)) return 'its sha256 is not 64 hex digits';
  if (typeof acceptShift !== 'boolean') return 'its acceptShift is not true or false';
  if (!isMatch(signature, /^[A-Za-z0-9+/]{86}==$/)) return 'its signature is not 64 bytes in base64';
  const header = { kind, version, key, madeAtMs, payloadBytes, sha256, acceptShift };
  const signatureBytes = Buffer.from(signature, 'base64');
  if (spell(header, signatureBytes.toString('base64')) !== text) {
    return 'the header has other fields, another order, spaces or numbers spelt in another way than this software writes';
  }
  return { ...header, signature: signatureBytes };
}

function spell(header: EnvelopeHeader, signature: string): string {
  const { kind, version, key, madeAtMs, payloadBytes, sha256, acceptShift } = header;
  const fields = {
    holdfast: envelopeFormat,
    kind,
    version,
    key,
    madeAtMs,
    payloadBytes,
    sha256,
    acceptShift,
    signature,
  };
  return JSON.stringify(fields);
}

function malformed(why: string): { findings: Finding[] } {
  return { findings: [{ reason: 'envelope-malformed', message: `This is not a bundle: ${why}.` }] };
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

function isMatch(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'number' ? String(value) : 'not a number';
}
