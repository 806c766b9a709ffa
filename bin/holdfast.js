#!/usr/bin/env node
// The launcher: starts the command line on Node 26, whatever Node started this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findRuntime } from './runtime.js';

let runtime;
try {
  runtime = findRuntime();
} catch (error) {
  process.stderr.write(`holdfast: ${error.message}\n`);
  process.exit(69);
}
// The published package carries JavaScript in dist/ (Node strips no types under node_modules); the checkout has src/.
const checkout = fileURLToPath(new URL('../src/main/cli.ts', import.meta.url));
const packed = fileURLToPath(new URL('../dist/main/cli.js', import.meta.url));
const child = spawn(runtime, [existsSync(checkout) ? checkout : packed, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`holdfast: cannot start ${runtime}: ${error.message}\n`);
  process.exit(69);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
