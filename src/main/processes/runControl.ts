import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { validatePayload } from '../../bundles/index.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import type { HostPort } from '../../contract/edgeOptions.ts';
import { createControl } from '../../control/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { systemDisk } from '../../kernel/disk.ts';
import { type Logger, lineLogger } from '../../kernel/log.ts';

/** How control is started: JSON in `argv[2]`. */
export interface ControlOptions {
  readonly data: string;
  readonly listen: HostPort;
}

/** Connections beyond this wait in the kernel's queue: a fleet's long polls and some people. */
const connectionsMax = 4_096;

/** Runs control in this process until SIGTERM or until its parent is gone. `wiring` is there for the drill's counter-example. */
export function runControl(
  { data, listen }: ControlOptions,
  wiring: { readonly validate?: typeof validatePayload } = {},
): void {
  // The request log, keys and tokens are nobody else's, the engine's own files included.
  process.umask(0o077);
  process.title = 'holdfast: control';
  const log = lineLogger('control');
  const control = orExit(log, () =>
    createControl({ folder: dataFolder(data), disk: systemDisk, clock: systemClock, log, ...wiring }),
  );

  const server = serve({ fetch: control.app.fetch, hostname: listen.host, port: listen.port }, ({ port }) => {
    const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
    const url = `http://${host}:${port}`;
    log.info('listening', { url });
    process.send?.({ type: 'ready', port, url });
  }) as Server;
  server.maxConnections = connectionsMax;
  server.on('error', (error) => {
    log.error('cannot-listen', { message: error.message });
    process.exit(1);
  });

  function stop(): void {
    // What was promised is in the store; a client whose answer is cut off asks again.
    control.close();
    server.closeAllConnections();
    server.close(() => process.exit(0));
  }

  process.on('SIGTERM', stop);
  // Ctrl-C goes to the whole group; the parent decides in which order things end.
  process.on('SIGINT', () => {});
  process.on('disconnect', stop);
}

/** Without a readable and writable data folder there is no token, and nobody could be let in. */
function orExit<T>(log: Logger, start: () => T): T {
  try {
    return start();
  } catch (error) {
    log.error('cannot-start', { message: (error as Error).message });
    process.exit(1);
  }
}
