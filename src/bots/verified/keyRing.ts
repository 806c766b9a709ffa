import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** One key of an operator, ready to verify with. */
export interface RingKey {
  readonly operator: string;
  /** Origins that the operator signs in the name of. */
  readonly signers: readonly string[];
  readonly key: KeyObject;
  /** Seconds since 1970. */
  readonly notBeforeS: number;
  readonly expiresS: number;
}

/** The keys of one operator as its directory gives them. */
export interface SignerKeys {
  readonly operator: string;
  readonly signers: readonly string[];
  readonly keys: readonly { readonly x: string; readonly notBeforeS?: number; readonly expiresS?: number }[];
}

/** Keys by thumbprint. Replaced, never changed. */
export class KeyRing {
  readonly #keys = new Map<string, RingKey>();

  /** What is no Ed25519 key is left out. A key of two operators is the first one's. */
  constructor(owners: Iterable<SignerKeys>) {
    for (const { operator, signers, keys } of owners) {
      for (const { x, notBeforeS = 0, expiresS = Number.POSITIVE_INFINITY } of keys) {
        const keyid = ed25519Thumbprint(x);
        const key = ed25519Key(x);
        if (key === undefined || this.#keys.has(keyid)) continue;
        this.#keys.set(keyid, { operator, signers, key, notBeforeS, expiresS });
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

/** A key's `keyid`: SHA-256 of its required members in order, base64url (RFC 7638 section 3, RFC 8037 section 2). */
export function ed25519Thumbprint(x: string): string {
  return createHash('sha256')
    .update(`{"crv":"Ed25519","kty":"OKP","x":${JSON.stringify(x)}}`)
    .digest('base64url');
}

function ed25519Key(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
