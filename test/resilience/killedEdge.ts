import { fileURLToPath } from 'node:url';
import type { EdgeOptions } from '../../src/contract/edgeOptions.ts';
import { runSupervisor } from '../../src/main/processes/runSupervisor.ts';

/* A supervisor whose first agent ends itself at a fault point (see `killedEdgeAgent.ts`); everything else is ordinary. */
await runSupervisor(JSON.parse(process.argv[2] ?? '{}') as EdgeOptions, {
  agent: fileURLToPath(new URL('./agent/killedEdgeAgent.ts', import.meta.url)),
  worker: fileURLToPath(new URL('../../src/main/worker.ts', import.meta.url)),
});
