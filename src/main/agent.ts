import { spawn } from 'node:child_process';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import type { ToAgent } from '../contract/processMessages.ts';
import { agentLimits, startAgent, ValidatorProcess } from '../edge/agent/index.ts';
import { lineLogger } from '../kernel/log.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';

/*
 * Entry of an edge's agent: `agent OPTIONS` with EdgeOptions as JSON, started by the supervisor, whose IPC channel is its
 * only way to the workers. Without a supervisor it has nothing to do and ends; so it does on SIGTERM.
 */
process.title = 'holdfast: agent';
const logger = lineLogger('agent');
const options = JSON.parse(process.argv[2] ?? '{}') as EdgeOptions;
const startValidator = () =>
  spawn(
    process.execPath,
    [`--max-old-space-size=${agentLimits.childHeapMiB}`, siblingEntry(import.meta.url, './validator')],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' },
  );
const agent = startAgent({
  options,
  send: (message) => process.send?.(message, undefined, undefined, () => {}),
  validator: new ValidatorProcess(startValidator, logger),
  logger,
});
const end = () => {
  agent.stop();
  process.exit(0);
};
process.on('message', (message: ToAgent) => agent.handle(message));
process.on('disconnect', end);
process.on('SIGTERM', end);
// A terminal's Ctrl-C reaches every process; what ends is the supervisor's decision.
process.on('SIGINT', () => {});
