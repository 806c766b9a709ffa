import { type BundleKind, isBundleKind } from '../../contract/bundleKind.ts';
import type { Trust, TrustedKey } from '../../contract/trust.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { keyIdOf } from './signingKey.ts';

/** Two keys are valid at a time while rotating, and a few revoked ones are remembered per kind. */
export const trustKeysMax = 200;
export const trustBytesMax = 64 << 10;

export const emptyTrust: Trust = { schema: 1, keys: [] };

/** Reads `trust.json`. The error is a sentence that says what is wrong with it. */
export function decodeTrust(bytes: Uint8Array): Result<Trust, string> {
  if (bytes.length > trustBytesMax) return err(`trust has ${bytes.length} bytes; at most ${trustBytesMax} are read`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err('trust is not JSON in UTF-8');
  }
  const { schema, keys } = (value ?? {}) as { schema?: unknown; keys?: unknown };
  if (schema !== 1 || !Array.isArray(keys)) return err('trust must read {"schema": 1, "keys": [...]}');
  if (keys.length > trustKeysMax) return err(`trust lists ${keys.length} keys; at most ${trustKeysMax} are read`);
  const trusted: TrustedKey[] = [];
  for (const [index, key] of keys.entries()) {
    const decoded = decodeTrustedKey(key);
    if (decoded === undefined)
      return err(`key ${index} of trust is not {kind, id, publicKey, revoked} or its id is wrong`);
    trusted.push(decoded);
  }
  return ok({ schema: 1, keys: trusted });
}

export function encodeTrust(trust: Trust): Uint8Array {
  return Buffer.from(`${JSON.stringify(trust, null, 2)}\n`);
}

/** Adds what is new and never drops what is there; a key that either side calls revoked stays revoked. */
export function mergeTrust(existing: Trust, added: readonly TrustedKey[]): Trust {
  const keys = new Map(existing.keys.map((key) => [`${key.kind}/${key.id}`, key]));
  for (const key of added) {
    const known = keys.get(`${key.kind}/${key.id}`);
    keys.set(`${key.kind}/${key.id}`, known === undefined ? key : { ...known, revoked: known.revoked || key.revoked });
  }
  return { schema: 1, keys: [...keys.values()] };
}

/** The entry for this key of this kind; where it is listed twice, revoked wins. */
export function findTrustedKey(trust: Trust, kind: BundleKind, id: string): TrustedKey | undefined {
  const entries = trust.keys.filter((key) => key.kind === kind && key.id === id);
  return entries.find((key) => key.revoked) ?? entries[0];
}

function decodeTrustedKey(value: unknown): TrustedKey | undefined {
  const { kind, id, publicKey, revoked } = (value ?? {}) as Record<string, unknown>;
  if (typeof kind !== 'string' || !isBundleKind(kind)) return undefined;
  if (typeof publicKey !== 'string' || typeof id !== 'string' || typeof revoked !== 'boolean') return undefined;
  const raw = Buffer.from(publicKey, 'base64');
  if (raw.length !== 32 || keyIdOf(raw) !== id) return undefined;
  return { kind, id, publicKey, revoked };
}
