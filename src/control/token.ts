import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Disk } from '../kernel/disk.ts';

const tokenBytesMax = 1_024;

/** Reads control's token, or makes it at the first start: 192 random bits in a file only its owner reads. */
export function ensureToken(path: string, folder: string, disk: Disk): string {
  if (!disk.exists(path)) {
    disk.makeFolder(folder);
    // Left over from a crash, it could carry a wider mode.
    disk.remove(`${path}.new`);
    disk.write(`${path}.new`, Buffer.from(`${randomBytes(24).toString('base64url')}\n`), 0o600);
    disk.sync(`${path}.new`);
    disk.rename(`${path}.new`, path);
    disk.syncFolder(folder);
  }
  const token = Buffer.from(disk.read(path, tokenBytesMax)).toString('utf8').trim();
  if (token.length < 16) throw new Error(`${path} holds no token; remove it and start again to get a new one`);
  return token;
}

/** Compares in constant time: digests have one length, whatever was sent. */
export class TokenCheck {
  readonly #digest: Buffer;
  /** Names the token in the audit without giving it away. */
  readonly id: string;

  constructor(token: string) {
    this.#digest = digestOf(token);
    this.id = `token-${digestOf(`id of ${token}`).toString('hex').slice(0, 8)}`;
  }

  accepts(authorization: string | undefined): boolean {
    const offered = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return offered !== undefined && timingSafeEqual(digestOf(offered), this.#digest);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
