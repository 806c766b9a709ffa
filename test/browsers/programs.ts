import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Full path of a program on the PATH, or undefined. */
export function findProgram(...names: string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {}
    }
  }
  return undefined;
}

/** Runs a program to its end; its output is of no interest, and after `timeoutMs` it is ended. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: { timeoutMs?: number; env?: Record<string, string>; input?: string } = {},
): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
      timeout: options.timeoutMs ?? 20_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...options.env },
    });
    if (options.input !== undefined) {
      child.stdin?.on('error', () => {});
      child.stdin?.end(options.input);
    }
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code));
  });
}
