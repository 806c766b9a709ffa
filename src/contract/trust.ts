import type { BundleKind } from './bundleKind.ts';

/**
 * A public key that an edge accepts for one kind. While rotating, two are valid at a time; a revoked one stays listed so
 * that its bundles are refused as revoked rather than as unknown.
 */
export interface TrustedKey {
  readonly kind: BundleKind;
  /** First 16 hex digits of the SHA-256 of the raw public key. */
  readonly id: string;
  /** Raw 32-byte Ed25519 public key, base64. */
  readonly publicKey: string;
  readonly revoked: boolean;
}

/** `<data>/edge/trust.json`. */
export interface Trust {
  readonly schema: 1;
  readonly keys: readonly TrustedKey[];
}
