import { spawn } from 'node:child_process';

/** What a command prints, pinned to a core. Rejects when it fails, with what it said. */
export async function output(command: string, args: readonly string[], core: number): Promise<string> {
  const child = spawn('taskset', ['-c', String(core), command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said.trim().slice(-300)}`);
  return said;
}
