// Turns src/ into dist/ for the published package: Node strips no types from files under node_modules. Then each
// process's code goes into few files.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findRuntime } from '../bin/runtime.js';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.package.json'];
const { status } = spawnSync(findRuntime(), compiler, { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
await import('./bundle-entries.js');
