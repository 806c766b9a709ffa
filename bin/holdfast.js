#!/usr/bin/env node
// The launcher: the command line on Node 26, whatever Node started this file. Best without a second process, which would
// hold 50 MiB for nothing and have to pass on every signal; a Node older than 22.15 cannot but start one.
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
const checkout = new URL('../src/main/cli.ts', import.meta.url);
const entry = existsSync(checkout) ? checkout : new URL('../dist/main/cli.js', import.meta.url);
const command = [fileURLToPath(entry), ...process.argv.slice(2)];

if (runtime === process.execPath) await import(entry.href);
else if (process.execve === undefined) startChild();
else process.execve(runtime, [runtime, ...command], process.env);

function startChild() {
  // Told to the child: should this process be killed outright, nobody else would end it.
  const environment = { ...process.env, HOLDFAST_LAUNCHER: String(process.pid) };
  const child = spawn(runtime, command, { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`holdfast: cannot start ${runtime}: ${error.message}\n`);
    process.exit(69);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
