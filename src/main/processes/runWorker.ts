import { dataFolder } from '../../contract/dataFolder.ts';
import type { ListenerKind } from '../../contract/edgeOptions.ts';
import { workerMemoryMiBMaxDefault } from '../../contract/edgeOptions.ts';
import type { FromWorker, ToWorker } from '../../contract/processMessages.ts';
import { listenDescriptor, type WorkerStart } from '../../contract/workerStart.ts';
import { edgeLimits } from '../../edge/exchange/limits.ts';
import { EdgeWorker, type EdgeWorkerPorts, ErrorReports, Guard } from '../../edge/worker/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { noFaults } from '../../kernel/faults.ts';
import { lineLogger } from '../../kernel/log.ts';
import { descriptorsMax } from '../../kernel/ownProcess.ts';
import { openLastGood } from '../../lastgood/index.ts';

/** Without a supervisor nobody replaces this worker: what is open may finish, within reason. */
const orphanDrainMs = 2_000;

/** The ports that decide what a bad bundle can do to a worker; the drill's counter-example puts others in their place. */
export type WorkerGuards = Pick<EdgeWorkerPorts, 'sets' | 'guard' | 'substitute'>;

/**
 * Runs one worker in this process: IPC to the supervisor, the slot's bound socket as descriptor 4. Ends when it is drained,
 * when the supervisor is gone, or by its own bug, which the supervisor answers with another worker.
 */
export async function runWorker(
  start: WorkerStart,
  substitute: (ordinary: WorkerGuards) => WorkerGuards = (ordinary) => ordinary,
): Promise<void> {
  const { options, slot, rung } = start;
  process.title = `holdfast: worker ${slot}`;
  const logger = lineLogger(`worker ${slot}`);
  process.on('uncaughtException', (error) => {
    logger.error('worker-failed', { message: String(error), stack: error instanceof Error ? error.stack : undefined });
    process.exit(70);
  });
  // A terminal's Ctrl-C reaches every process of its group; the supervisor decides what it means.
  process.on('SIGINT', () => {});

  const send = (message: FromWorker) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  const reports = new ErrorReports(systemClock, logger);
  const folder = dataFolder(options.data);
  const lastGood = openLastGood(folder);
  const listeners: readonly ListenerKind[] = [options.listenAs ?? {}, ...(options.listeners ?? [])];
  const worker = new EdgeWorker({
    edge: options.edge,
    slot,
    trustedProxies: options.trustedProxies,
    listeners,
    rssBytesMax: (options.workerMemoryMiBMax ?? workerMemoryMiBMaxDefault) * 2 ** 20,
    descriptorsMax: descriptorsMax(),
    logSocket: options.logSocket,
    peersFolder: folder.peers,
    accessLog: options.accessLog,
    botOperators: options.verifiedBots?.operators ?? [],
    ...substitute({ sets: lastGood.store, guard: new Guard(systemClock, reports) }),
    reports,
    clock: systemClock,
    logger,
    faults: noFaults,
    sitesWaitMs: edgeLimits.sitesWaitMs,
    send,
    onDrained: () => process.exit(0),
  });
  process.on('message', (message: ToWorker) => worker.onMessage(message));
  process.on('disconnect', () => worker.drain(orphanDrainMs));
  process.on('SIGTERM', () => worker.drain(orphanDrainMs));
  const places = listeners.map((_, index) => ({ fd: listenDescriptor + index }));
  await worker.start(places, rung, lastGood.localSwitches.read().killed);
}
