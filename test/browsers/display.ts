import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { findProgram, runProgram } from './programs.ts';

/** A screen in memory with a keyboard: what a headed browser needs on a machine without a screen. */
export interface Display {
  readonly name: string;
  /** Gives the keyboard to the browser's window; false when it has none yet. */
  focus(windowClass: string): Promise<boolean>;
  type(text: string): Promise<void>;
  press(...keys: string[]): Promise<void>;
  close(): Promise<void>;
}

export async function startDisplay(): Promise<Display> {
  const xvfb = findProgram('Xvfb');
  const xdotool = findProgram('xdotool');
  if (xvfb === undefined || xdotool === undefined) throw new Error('Xvfb and xdotool are needed');
  const server = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const name = `:${await firstLine(server)}`;
  const key = (...args: string[]) => runProgram(xdotool, args, { env: { DISPLAY: name }, timeoutMs: 10_000 });
  return {
    name,
    async focus(windowClass) {
      return (await key('search', '--onlyvisible', '--class', windowClass, 'windowfocus')) === 0;
    },
    async type(text) {
      await key('type', '--delay', '20', text);
    },
    async press(...keys) {
      await key('key', ...keys);
    },
    async close() {
      await endProcess(server);
    },
  };
}

/** Ends a process that we started, and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}

function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.on('error', reject);
    server.on('close', () => reject(new Error('Xvfb ended before it had a display')));
    (server.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
  });
}
