import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DataFolder, dataFolder } from '../../src/contract/dataFolder.ts';

const entry = fileURLToPath(new URL('../../src/main/control.ts', import.meta.url));

/** Tests look into answers freely. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test asserts.
export type LooseResponse = Omit<Response, 'json'> & { json(): Promise<any> };

/** A real control process on a free port, with a data folder of its own. `stop` removes the folder. */
export class ControlProcess {
  readonly folder: DataFolder;
  url = '';
  #child: ChildProcess | undefined;

  constructor(folder = dataFolder(mkdtempSync(join(tmpdir(), 'holdfast-control-')))) {
    this.folder = folder;
  }

  get token(): string {
    return readFileSync(this.folder.controlToken, 'utf8').trim();
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  async start(): Promise<this> {
    const options = { data: this.folder.root, listen: { host: '127.0.0.1', port: 0 } };
    const child = spawn(process.execPath, [entry, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
    });
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`control ended before it was ready: ${said}`)),
    );
    const [message] = await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
    this.url = (message as { url: string }).url;
    return this;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder.root, { recursive: true, force: true });
  }

  call(path: string, init: RequestInit & { token?: string } = {}): Promise<LooseResponse> {
    const headers = { authorization: `Bearer ${init.token ?? this.token}`, ...init.headers };
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  post(path: string, body: unknown): Promise<LooseResponse> {
    return this.call(path, {
      method: 'POST',
      body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
    });
  }

  async json(path: string) {
    return (await this.call(path)).json();
  }
}
