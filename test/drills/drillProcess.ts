import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Runs the command with a short cycle; its report and exit code. */
export async function drill<Report>(...args: string[]): Promise<{ code: number | null; report: Report }> {
  const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
  const child = spawn(process.execPath, [launcher, 'drill', 'run', '2025-11-18', '--json', '--every', '2', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, report: JSON.parse(text) as Report };
}

/** Why the drill cannot run here; false when it can. */
export function whyNoEngine(): string | false {
  try {
    createRequire(import.meta.url).resolve('chdb');
    return false;
  } catch {
    return 'needs the optional package chdb: npm install chdb@3.4.0';
  }
}
