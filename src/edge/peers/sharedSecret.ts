import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RateSecret } from '../../rates/index.ts';

const secretBytes = 8;
const secretName = 'secret';

/**
 * What all workers of an edge key their hashes with: a file in the peers' folder, made by whoever comes first, so that it stays the
 * same while workers, the supervisor or the release are replaced. Called once, when a worker starts. A worker that cannot
 * have it (no folder, somebody else's folder) has one of its own, and spends its buckets alone.
 */
export function sharedSecret(folder: string | undefined): RateSecret {
  const own = randomBytes(secretBytes);
  let bytes: Buffer = own;
  try {
    if (folder !== undefined) bytes = agreed(folder, own);
  } catch {
    // Peers cannot be reached either, and that is told where they are looked for.
  }
  return { first: bytes.readInt32LE(0), second: bytes.readInt32LE(4) };
}

function agreed(folder: string, own: Buffer): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  // Whoever could write there could choose it.
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return own;
  const path = join(folder, secretName);
  const draft = join(folder, `${secretName}.${process.pid}.${own.toString('hex')}`);
  writeFileSync(draft, own, { mode: 0o600, flag: 'wx' });
  try {
    // A link is there with all of its bytes or not at all, and there is only one first.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  const bytes = readFileSync(path);
  if (bytes.length === secretBytes) return bytes;
  // Somebody's disk was full. Whoever finds it makes a new one; the others follow when they start.
  unlinkSync(path);
  return agreed(folder, own);
}
