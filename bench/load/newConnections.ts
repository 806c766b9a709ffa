import { fileURLToPath } from 'node:url';
import { cores } from '../pinned.ts';
import type { Load } from './load.ts';
import { output } from './output.ts';

/** How `newConnectionsProcess.ts` is started: its only argument, as JSON. */
export interface NewConnectionsStart {
  readonly port: number;
  readonly seconds: number;
  readonly headsPath: string;
}

export interface NewConnectionsCount {
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure: string | null;
}

const entry = fileURLToPath(new URL('./newConnectionsProcess.ts', import.meta.url));

/** A TLS connection with a full handshake for each request. wrk would resume the session of the one before. */
export function newConnections(headsPath: string): Load {
  return {
    async run(port, seconds) {
      const start: NewConnectionsStart = { port, seconds, headsPath };
      const said = await output(process.execPath, [entry, JSON.stringify(start)], cores.load);
      const { requests, failures, firstFailure } = JSON.parse(said) as NewConnectionsCount;
      if (failures > 0) throw new Error(`${failures} connections failed: ${firstFailure}`);
      if (requests === 0) throw new Error('no connection was answered');
      return requests;
    },
  };
}
