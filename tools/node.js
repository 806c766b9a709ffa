// Runs Node 26 with the given arguments, whatever Node is on the PATH: `node tools/node.js --test ...`.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findRuntime } from '../bin/runtime.js';

const child = spawn(findRuntime(), process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
