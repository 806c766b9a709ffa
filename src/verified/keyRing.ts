import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { KeyMaterial, SignerKey } from '../contract/verifiedBots.ts';

/** Names of RFC 9421 section 6.2.2. */
export type SignatureAlgorithm = 'ed25519' | 'rsa-pss-sha512';

/** One key of an operator, ready to verify with. */
export interface RingKey {
  readonly operator: string;
  /** Origins that the operator signs in the name of. */
  readonly signers: readonly string[];
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
  /** Of its signatures. */
  readonly signatureBytes: number;
  /** Seconds since 1970. */
  readonly notBeforeS: number;
  readonly expiresS: number;
}

/** The keys of one operator as its directory gives them. */
export interface SignerKeys {
  readonly operator: string;
  readonly signers: readonly string[];
  readonly keys: readonly SignerKey[];
}

/** Keys by thumbprint. Replaced, never changed. */
export class KeyRing {
  readonly #keys = new Map<string, RingKey>();

  /** What is no key that `isUsable` is left out. A key of two operators is the first one's. */
  constructor(owners: Iterable<SignerKeys>) {
    for (const { operator, signers, keys } of owners) {
      for (const material of keys) {
        const keyid = thumbprint(material);
        const key = publicKey(material);
        if (key === undefined || this.#keys.has(keyid)) continue;
        const { notBeforeS = 0, expiresS = Number.POSITIVE_INFINITY } = material;
        this.#keys.set(keyid, { operator, signers, key, ...kindOf(key), notBeforeS, expiresS });
      }
    }
  }

  find(keyid: string): RingKey | undefined {
    return this.#keys.get(keyid);
  }

  get size(): number {
    return this.#keys.size;
  }
}

/**
 * Whether a key is one that we verify with: Ed25519, or RSA of 2,048 to 4,096 bits with the exponent 65,537, since other
 * exponents would make a verification as dear as their owner likes.
 */
export function isUsable(material: KeyMaterial): boolean {
  // 32 octets are 43 characters of base64url, 256 are 342 and 512 are 683.
  if ('x' in material) return /^[A-Za-z0-9_-]{43}$/.test(material.x);
  return material.e === 'AQAB' && /^[A-Za-z0-9_-]{342,683}$/.test(material.n);
}

/** A key's `keyid`: SHA-256 of its required members in order, base64url (RFC 7638 section 3, RFC 8037 section 2). */
export function thumbprint(material: KeyMaterial): string {
  const members =
    'x' in material
      ? `{"crv":"Ed25519","kty":"OKP","x":${JSON.stringify(material.x)}}`
      : `{"e":${JSON.stringify(material.e)},"kty":"RSA","n":${JSON.stringify(material.n)}}`;
  return createHash('sha256').update(members).digest('base64url');
}

/** Ed25519 takes about 0.1 ms, RSA half of it. */
export function isSignedBy({ algorithm, key }: RingKey, octets: Buffer, signature: Buffer): boolean {
  if (algorithm === 'ed25519') return verify(null, octets, key, signature);
  // RFC 9421 section 3.3.1: SHA-512, MGF1 of the same, and a salt of 64 octets.
  return verify('sha512', octets, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature);
}

function publicKey(material: KeyMaterial): KeyObject | undefined {
  if (!isUsable(material)) return undefined;
  const jwk =
    'x' in material ? { kty: 'OKP', crv: 'Ed25519', x: material.x } : { kty: 'RSA', n: material.n, e: material.e };
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function kindOf(key: KeyObject): Pick<RingKey, 'algorithm' | 'signatureBytes'> {
  const { modulusLength: bits } = key.asymmetricKeyDetails ?? {};
  return bits === undefined
    ? { algorithm: 'ed25519', signatureBytes: 64 }
    : { algorithm: 'rsa-pss-sha512', signatureBytes: Math.ceil(bits / 8) };
}
