import type { WorkerStart } from '../contract/workerStart.ts';
import { runWorker } from './runWorker.ts';

/* Entry of one worker: `worker START` with WorkerStart as JSON. */
await runWorker(JSON.parse(process.argv[2] ?? '{}') as WorkerStart);
