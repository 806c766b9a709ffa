import { setFlagsFromString } from 'node:v8';
import type { WorkerStart } from '../contract/workerStart.ts';

/* Entry of one worker: `worker START` with WorkerStart as JSON. */

// What a start leaves behind is garbage once: the space for new objects grows for requests, from when they come.
setFlagsFromString('--semi-space-growth-factor=1');
// Not above: what is imported there is run before this file's first line, and is most of what a start makes (4 MiB a worker).
const { runWorker } = await import('./processes/runWorker.ts');
await runWorker(JSON.parse(process.argv[2] ?? '{}') as WorkerStart);
// V8's own.
setFlagsFromString('--semi-space-growth-factor=2');
