import { spawn } from 'node:child_process';
import { dataFolder } from '../../contract/dataFolder.ts';
import type { EdgeOptions } from '../../contract/edgeOptions.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { ServiceNotifier, type Supervisor } from '../../supervisor/index.ts';
import { version } from './version.ts';

/**
 * Opens the admin socket of the edge that `supervisor` keeps. Its code is loaded when the workers are on their way: what
 * answers visitors starts first.
 */
export async function openEdgeAdmin(supervisor: Supervisor, options: EdgeOptions, logger: Logger): Promise<void> {
  const { openAdmin } = await import('../../supervisor/admin/index.ts');
  const { control } = options;
  const source = {
    view: () => supervisor.view(),
    build: { version: version(), node: process.versions.node },
    options: { ...options, control: control && { ...control, url: withoutCredentials(control.url) } },
  };
  const places = { socket: dataFolder(options.data).adminSocket, listen: options.adminListen ?? null };
  openAdmin(places, source, { clock: systemClock, logger });
}

/** For the service manager that started this process, if one did. */
export function serviceNotifier(logger: Logger): ServiceNotifier {
  return new ServiceNotifier({
    environment: process.env,
    pids: [process.pid, process.ppid],
    spawnNotify: (words) => spawn('systemd-notify', words, { stdio: 'ignore' }),
    clock: systemClock,
    logger,
  });
}

/** The environment of this process without what its service manager told it alone. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _every, WATCHDOG_PID: _pid, ...rest } = process.env;
  return rest;
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
