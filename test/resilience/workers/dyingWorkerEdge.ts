import { fileURLToPath } from 'node:url';
import type { EdgeOptions } from '../../../src/contract/edgeOptions.ts';
import { runSupervisor } from '../../../src/main/processes/runSupervisor.ts';

/* A supervisor with workers of `dyingWorker.ts`, and no agent where HOLDFAST_TEST_NO_AGENT is set. */
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
await runSupervisor(JSON.parse(process.argv[2] ?? '{}') as EdgeOptions, {
  agent: path(process.env.HOLDFAST_TEST_NO_AGENT === '1' ? '../agent/noAgent.ts' : '../../../src/main/agent.ts'),
  worker: path('./dyingWorker.ts'),
});
