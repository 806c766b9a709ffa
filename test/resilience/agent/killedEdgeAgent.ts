import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAgent, ValidatorProcess } from '../../../src/agent/index.ts';
import type { EdgeOptions } from '../../../src/contract/edgeOptions.ts';
import type { ToAgent } from '../../../src/contract/processMessages.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { lineLogger } from '../../../src/kernel/log.ts';

/*
 * An edge's agent that ends itself with SIGKILL the first time it reaches the point in HOLDFAST_TEST_KILL_AT. A file
 * remembers that it did, so that the agent after it goes on.
 */
process.title = 'holdfast: agent';
const options = JSON.parse(process.argv[2] ?? '{}') as EdgeOptions;
const logger = lineLogger('agent');
const wasKilled = join(options.data, 'was-killed');
const validator = fileURLToPath(new URL('../../../src/main/validator.ts', import.meta.url));
const agent = startAgent({
  options,
  send: (message) => process.send?.(message, undefined, undefined, () => {}),
  validator: new ValidatorProcess(
    () =>
      spawn(process.execPath, [validator], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' }),
    systemClock,
    logger,
  ),
  clock: systemClock,
  logger,
  watchMs: 300,
  faults: {
    reach(point) {
      // Not while the first sites come: what is tested is an edge that serves.
      const isArmed = existsSync(join(options.data, 'armed')) && !existsSync(wasKilled);
      if (point !== process.env.HOLDFAST_TEST_KILL_AT || !isArmed) return;
      writeFileSync(wasKilled, point);
      process.kill(process.pid, 'SIGKILL');
    },
  },
});
process.on('message', (message: ToAgent) => agent.handle(message));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
