import { dataFolder } from '../../../src/contract/dataFolder.ts';
import type { WorkerStart } from '../../../src/contract/workerStart.ts';
import { openLastGood } from '../../../src/lastgood/index.ts';

/* A worker that dies at once when it starts with version 2 of the features, and is an ordinary one otherwise. */
const { options, rung } = JSON.parse(process.argv[2] ?? '{}') as WorkerStart;
const { set } = openLastGood(dataFolder(options.data)).store.currentSet(rung);
if (set.versions.features === 2) process.exit(70);
await import('../../../src/main/worker.ts');
