import { fileURLToPath } from 'node:url';
import { cores, PinnedProcess } from '../pinned.ts';

/** How `idleConnectionsProcess.ts` is started: its only argument, as JSON. */
export interface IdleConnectionsStart {
  readonly port: number;
  readonly isTls: boolean;
  readonly connections: number;
}

/** What it tells: once when all are open, and again whenever it is asked. */
export type IdleConnectionsSaid = { readonly open: number } | { readonly failure: string };

const entry = fileURLToPath(new URL('./idleConnectionsProcess.ts', import.meta.url));

/** Visitors who each asked once and keep their connection. */
export class IdleConnections {
  readonly #process: PinnedProcess;

  private constructor(process: PinnedProcess) {
    this.#process = process;
  }

  /** Resolves when each of them was answered. */
  static async open(start: IdleConnectionsStart, folder: string): Promise<IdleConnections> {
    const options = { core: cores.load, folder, name: 'idleConnections', talks: true };
    const held = new IdleConnections(new PinnedProcess(process.execPath, [entry, JSON.stringify(start)], options));
    await held.#told();
    return held;
  }

  /** How many are still open. */
  async count(): Promise<number> {
    const told = this.#told();
    this.#process.child.send('how many');
    return told;
  }

  close(): Promise<void> {
    return this.#process.stop();
  }

  #told(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#process.child.once('message', (said: IdleConnectionsSaid) => {
        if ('open' in said) resolve(said.open);
        else reject(new Error(said.failure));
      });
      void this.#process.exited.then(() => reject(new Error(`its process ended: ${this.#process.lastWords}`)));
    });
  }
}
