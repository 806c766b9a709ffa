import type { HostPort } from '../../contract/edgeOptions.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { LocalServer } from '../../localSocket/index.ts';
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
  keepListening(adminServer({ ...ports, source, isOnAddress: false }), socket, clock, logger);
  if (listen !== null) keepListening(adminServer({ ...ports, source, isOnAddress: true }), listen, clock, logger);
}

function keepListening(server: LocalServer, where: string | HostPort, clock: TimerClock, logger: Logger): void {
  let hasFailed = false;
  const attempt = () => {
    server.listen(where).then(
      (address) => logger.info('admin-listening', { where: address }),
      (error: unknown) => {
        const place = typeof where === 'string' ? where : `${where.host}:${where.port}`;
        if (!hasFailed) logger.error('admin-socket-failed', { where: place, message: String(error) });
        hasFailed = true;
        clock.after(adminLimits.listenAgainMs, attempt, 'lets-go');
      },
    );
  };
  attempt();
}
