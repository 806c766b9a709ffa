import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import type { HostPort } from '../../contract/edgeOptions.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { AdminSource } from './adminAnswer.ts';
import { type AdminServerPorts, adminServer } from './adminServer.ts';
import { adminLimits } from './limits.ts';

export interface AdminPlaces {
  /** Path of the unix socket; mode 0600. */
  readonly socket: string;
  /** null: on no address. */
  readonly listen: HostPort | null;
}

/**
 * Opens the admin socket, and does not stop trying: an edge serves without it, so nothing here is a reason not to start.
 * It is open until the process ends.
 */
export function openAdmin(
  { socket, listen }: AdminPlaces,
  source: AdminSource,
  ports: Omit<AdminServerPorts, 'source' | 'isOnAddress'>,
): void {
  const { clock, logger } = ports;
  keepListening(adminServer({ ...ports, source, isOnAddress: false }), socket, clock, logger, (server) => {
    mkdirSync(dirname(socket), { recursive: true });
    rmSync(socket, { force: true }); // Left behind by a supervisor that was killed.
    const before = process.umask(0o177);
    try {
      server.listen(socket, () => chmodSync(socket, 0o600));
    } finally {
      process.umask(before);
    }
  });
  if (listen === null) return;
  const where = `${listen.host}:${listen.port}`;
  keepListening(adminServer({ ...ports, source, isOnAddress: true }), where, clock, logger, (server) =>
    server.listen(listen),
  );
}

function keepListening(
  server: Server,
  where: string,
  clock: TimerClock,
  logger: Logger,
  listen: (server: Server) => void,
): void {
  let hasFailed = false;
  const failed = (error: unknown) => {
    if (!hasFailed) logger.error('admin-socket-failed', { where, message: String(error) });
    hasFailed = true;
    clock.after(adminLimits.listenAgainMs, attempt, 'lets-go');
  };
  const attempt = () => {
    // A connection that could not be accepted is an error of the server, too.
    if (server.listening) return;
    try {
      listen(server);
    } catch (error) {
      failed(error);
    }
  };
  server.on('error', failed);
  server.on('listening', () => {
    const address = server.address();
    logger.info('admin-listening', {
      where: typeof address === 'object' && address !== null ? `${listenText(address)}` : where,
    });
  });
  attempt();
}

function listenText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
