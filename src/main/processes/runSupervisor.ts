import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { isAddress } from '../../address/index.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { type EdgeOptions, type HostPort, workerMemoryMiBMaxDefault } from '../../contract/edgeOptions.ts';
import type { WorkerStart } from '../../contract/workerStart.ts';
import { systemClock } from '../../kernel/clock.ts';
import { lineLogger } from '../../kernel/log.ts';
import { ok, type Result } from '../../kernel/result.ts';
import { removeEmptySpillFolder } from '../../lastgood/spillFolder.ts';
import { bindSlots, bindUnix, Supervisor, supervisorLimits } from '../../supervisor/index.ts';
import { childEnvironment, openEdgeAdmin, serviceNotifier } from './edgeAdmin.ts';

/** Entry files of an edge's processes, with arguments of their own in front; drills and tests put others in their place. */
export interface EdgeEntries {
  readonly agent: string | readonly string[];
  readonly worker: string | readonly string[];
}

/**
 * Runs an edge in this process. Binds the sockets, starts agent and workers, tells its parent over IPC `{type: 'ready',
 * port, url}` once the workers serve. SIGTERM drains and ends; SIGHUP reads the local configuration again; SIGUSR2
 * replaces workers and agent by new processes, which run the code that is on the disk then. With a parent, SIGINT (a terminal's Ctrl-C reaches every process) is the parent's to decide on;
 * without one it is SIGTERM. When the parent is gone, everything ends.
 */
export async function runSupervisor(options: EdgeOptions, entries: EdgeEntries): Promise<void> {
  process.title = 'holdfast: supervisor';
  const logger = lineLogger('supervisor');
  const bound = await bindAll(options);
  if (!bound.ok) {
    logger.error('cannot-listen', { message: bound.error });
    process.exitCode = 1;
    // The parent's channel would keep this process waiting for nothing.
    process.disconnect?.();
    return;
  }
  const { port, slots, unbind } = bound.value;
  const url = urlOf(options.listenAs?.tls === undefined ? 'http' : 'https', options.listen.host, port);
  const stdout = options.accessLog === 'stdout' ? 'inherit' : 'ignore';
  const bare = JSON.stringify(options);
  // Code is compiled once for all processes that come after: a worker that takes over starts in half the time.
  const environment = {
    // These processes allocate on one thread; an arena per thread only spreads what they hold.
    MALLOC_ARENA_MAX: '1',
    ...childEnvironment(),
    NODE_COMPILE_CACHE: join(dataFolder(options.data).run, 'compiled'),
  };
  const notifier = serviceNotifier(logger);
  const serving = `Serving on ${url}`;
  const supervisor = new Supervisor(slots, {
    startWorker: (slot, rung, descriptors) => {
      const start: WorkerStart = { options, slot, rung };
      return spawn(process.execPath, [...[entries.worker].flat(), JSON.stringify(start)], {
        stdio: ['ignore', stdout, 'inherit', 'ipc', ...descriptors],
        env: environment,
      });
    },
    startAgent: () =>
      spawn(process.execPath, [...[entries.agent].flat(), bare], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: environment,
      }),
    clock: systemClock,
    logger,
    serves: (versions) => options.sites === 'control' || versions.sites !== undefined,
    workerRssBytesMax: (options.workerMemoryMiBMax ?? workerMemoryMiBMaxDefault) * 2 ** 20,
    onReloaded: () => notifier.reloaded(serving),
    onFirstReady: () => {
      notifier.ready(serving);
      logger.info('listening', { url, workers: options.workers });
      process.send?.({ type: 'ready', port, url });
    },
  });
  const end = (deadlineMs: number) => {
    notifier.stopping();
    supervisor.stop(deadlineMs).then(() => {
      unbind();
      removeEmptySpillFolder(dataFolder(options.data).root);
      process.exit(0);
    });
  };
  const hasParent = process.channel !== undefined && process.channel !== null;
  process.on('SIGTERM', () => end(supervisorLimits.stopMs));
  process.on('SIGINT', () => {
    if (!hasParent) end(supervisorLimits.stopMs);
  });
  process.on('SIGHUP', () => {
    notifier.reloading();
    supervisor.reload();
  });
  process.on('SIGUSR2', () => supervisor.upgrade());
  process.on('disconnect', () => end(supervisorLimits.orphanStopMs));
  supervisor.start();
  await openEdgeAdmin(supervisor, { ...options, listen: { ...options.listen, port } }, logger);
}

interface AllBound {
  readonly port: number;
  /** Per slot, its descriptors in the order of the listeners. */
  readonly slots: readonly (readonly number[])[];
  unbind(): void;
}

/** Binds every listener for every slot. The error is a sentence. */
async function bindAll(options: EdgeOptions): Promise<Result<AllBound, string>> {
  const first = bindSlots(await resolved(options.listen), options.workers);
  if (!first.ok) return first;
  const handles = first.value.slots.map((handle) => [handle]);
  for (const { at } of options.listeners ?? []) {
    if ('unixPath' in at) {
      const bound = await bindUnix(at.unixPath);
      if (!bound.ok) return bound;
      for (const slot of handles) slot.push(bound.value);
    } else {
      const bound = bindSlots(await resolved(at), options.workers);
      if (!bound.ok) return bound;
      for (const [index, slot] of handles.entries()) slot.push(bound.value.slots[index]!);
    }
  }
  return ok({
    port: first.value.port,
    slots: handles.map((slot) => slot.map(({ descriptor }) => descriptor)),
    unbind: () => {
      for (const handle of new Set(handles.flat())) handle.close();
    },
  });
}

async function resolved({ host, port }: HostPort): Promise<HostPort> {
  if (isAddress(host)) return { host, port };
  try {
    return { host: (await lookup(host)).address, port };
  } catch {
    return { host, port }; // Binding says that there is no such address.
  }
}

function urlOf(scheme: string, host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
