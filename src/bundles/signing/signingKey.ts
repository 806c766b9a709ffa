import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { BundleKind } from '../../contract/bundleKind.ts';
import type { TrustedKey } from '../../contract/trust.ts';

/** An Ed25519 key pair that signs bundles of one kind and of no other. Lives with control or the factory alone. */
export interface SigningKey {
  readonly kind: BundleKind;
  /** First 16 hex digits of the SHA-256 of the raw public key. */
  readonly id: string;
  /** Raw 32-byte public key, base64. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** A signing key as it is written to disk; `privateKey` is PKCS #8 (RFC 8410), DER, base64. */
export interface StoredSigningKey {
  readonly kind: BundleKind;
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

export function generateSigningKey(kind: BundleKind): SigningKey {
  return signingKeyOf(kind, generateKeyPairSync('ed25519').privateKey);
}

/** Throws when the private key is not a readable Ed25519 key or is not the one that `id` names. */
export function loadSigningKey(stored: StoredSigningKey): SigningKey {
  const privateKey = createPrivateKey({
    key: Buffer.from(stored.privateKey, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`the ${stored.kind} key is not an Ed25519 key`);
  const key = signingKeyOf(stored.kind, privateKey);
  if (key.id !== stored.id) throw new Error(`the ${stored.kind} key ${stored.id} does not match its own id`);
  return key;
}

export function storeSigningKey(key: SigningKey): StoredSigningKey {
  const privateKey = key.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  return { kind: key.kind, id: key.id, publicKey: key.publicKey, privateKey };
}

/** The public half, as edges list it in `trust.json`. */
export function trustedKeyOf(key: SigningKey): TrustedKey {
  return { kind: key.kind, id: key.id, publicKey: key.publicKey, revoked: false };
}

export function keyIdOf(rawPublicKey: Uint8Array): string {
  return createHash('sha256').update(rawPublicKey).digest('hex').slice(0, 16);
}

/** Turns the raw 32 bytes back into a key object; the prefix is RFC 8410's SubjectPublicKeyInfo for Ed25519. */
export function publicKeyObject(rawPublicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([spkiPrefix, rawPublicKey]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

function signingKeyOf(kind: BundleKind, privateKey: KeyObject): SigningKey {
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
  return { kind, id: keyIdOf(raw), publicKey: raw.toString('base64'), privateKey };
}
