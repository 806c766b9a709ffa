import type { KeyMaterial, SignerKey } from '../contract/verifiedBots.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { isUsable } from './keyRing.ts';
import { verifiedLimits } from './limits.ts';

/** Where a signer keeps its keys (HTTP Message Signatures Directory, a JSON Web Key Set). */
export const directoryPath = '/.well-known/http-message-signatures-directory';

/**
 * The Ed25519 and RSA keys of a directory; keys of other kinds are passed over. The error is a sentence: it is no directory, has
 * none of our keys, or too many.
 */
export function readKeyDirectory(bytes: Uint8Array): Result<readonly SignerKey[], string> {
  if (bytes.length > verifiedLimits.directoryBytesMax)
    return err(`more than ${verifiedLimits.directoryBytesMax} bytes`);
  let set: unknown;
  try {
    set = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return err('no JSON');
  }
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return err('no key set: "keys" is no list');
  if (keys.length > verifiedLimits.keysPerOperatorMax)
    return err(`${keys.length} keys; at most ${verifiedLimits.keysPerOperatorMax} are taken`);
  const read = keys.flatMap((key: unknown) => readKey(key) ?? []);
  return read.length === 0 ? err('no Ed25519 and no RSA key') : ok(read);
}

function readKey(value: unknown): SignerKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { nbf, exp } = value as Record<string, unknown>;
  const material = materialOf(value as Record<string, unknown>);
  if (material === undefined || !isUsable(material)) return undefined;
  return {
    ...material,
    ...(typeof nbf === 'number' && { notBeforeS: seconds(nbf) }),
    ...(typeof exp === 'number' && { expiresS: seconds(exp) }),
  };
}

function materialOf({ kty, crv, x, n, e }: Record<string, unknown>): KeyMaterial | undefined {
  if (kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string') return { x };
  return kty === 'RSA' && typeof n === 'string' && typeof e === 'string' ? { n, e } : undefined;
}

/** Directories in the wild give seconds or milliseconds; 1e11 seconds are the year 5138. */
function seconds(time: number): number {
  return time > 1e11 ? time / 1_000 : time;
}
