import { type AgentProcessPorts, startAgent } from '../../agent/index.ts';
import type { EdgeOptions } from '../../contract/edgeOptions.ts';
import type { ToAgent } from '../../contract/processMessages.ts';
import { systemClock } from '../../kernel/clock.ts';
import { lineLogger } from '../../kernel/log.ts';

/**
 * Runs an edge's agent in this process, started by the supervisor, whose IPC channel is its only way to the workers.
 * Without a supervisor it has nothing to do and ends; so it does on SIGTERM.
 */
export function runAgent(options: EdgeOptions, validator: AgentProcessPorts['validator']): void {
  process.title = 'holdfast: agent';
  const agent = startAgent({
    options,
    send: (message) => process.send?.(message, undefined, undefined, () => {}),
    validator,
    clock: systemClock,
    logger: lineLogger('agent'),
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
}
