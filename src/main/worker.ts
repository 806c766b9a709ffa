import { dataFolder } from '../contract/dataFolder.ts';
import type { FromWorker, ToWorker } from '../contract/processMessages.ts';
import { listenDescriptor, type WorkerStart } from '../contract/workerStart.ts';
import { openLastGood } from '../edge/lastgood/index.ts';
import { CircuitGuard, EdgeWorker, ErrorReports } from '../edge/worker/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { noFaults } from '../kernel/faults.ts';
import { lineLogger } from '../kernel/log.ts';

/*
 * Entry of one worker: `worker START` with WorkerStart as JSON, IPC to the supervisor, the slot's bound socket as
 * descriptor 4. Ends when it is drained, when the supervisor is gone, or by its own bug, which the supervisor answers
 * with another worker.
 */
const start = JSON.parse(process.argv[2] ?? '{}') as WorkerStart;
const { options, slot, rung } = start;
process.title = `holdfast: worker ${slot}`;
const logger = lineLogger(`worker ${slot}`);
/** Without a supervisor nobody replaces this worker: what is open may finish, within reason. */
const orphanDrainMs = 2_000;

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
const lastGood = openLastGood(dataFolder(options.data));
const worker = new EdgeWorker({
  edge: options.edge,
  slot,
  trustedProxies: options.trustedProxies,
  logSocket: options.logSocket,
  sets: lastGood.store,
  guard: new CircuitGuard(systemClock, reports),
  reports,
  clock: systemClock,
  logger,
  faults: noFaults,
  send,
  onDrained: () => process.exit(0),
});
process.on('message', (message: ToWorker) => worker.onMessage(message));
process.on('disconnect', () => worker.drain(orphanDrainMs));
process.on('SIGTERM', () => worker.drain(orphanDrainMs));
await worker.start({ fd: listenDescriptor }, rung, lastGood.localSwitches.read().killed);
