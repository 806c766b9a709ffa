import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The launcher in the checkout: Node strips the types whenever a process starts, which costs time and memory. */
export const sourceLauncher = join(root, 'bin', 'holdfast.js');

/**
 * Makes what npm would install, JavaScript without sources, and gives its launcher. `checkout`: another one than this, with its
 * packages installed. Throws an Error when it does not compile.
 */
export function buildPackage(folder: string, checkout = root): string {
  const target = join(folder, 'package');
  mkdirSync(target, { recursive: true });
  const builder = join(checkout, 'tools', 'build-package.js');
  const { status, stdout } = spawnSync(process.execPath, [builder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Holdfast does not compile (--source measures it all the same): ${stdout.trim()}`);
  for (const name of ['bin', 'dist', 'shipped', 'package.json'])
    cpSync(join(checkout, name), join(target, name), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(target, 'node_modules'));
  return join(target, 'bin', 'holdfast.js');
}
