import { setFlagsFromString } from 'node:v8';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { runSupervisor } from './processes/runSupervisor.ts';

/* Entry of an edge: `supervisor OPTIONS` with EdgeOptions as JSON. */
/*
 * It makes little garbage, slowly. Left to itself the collector doubles the space for new objects again and again, for hours, and
 * the process is up to 50 MiB larger for nothing.
 */
setFlagsFromString('--semi-space-growth-factor=1');

await runSupervisor(JSON.parse(process.argv[2] ?? '{}') as EdgeOptions, {
  agent: siblingEntry(import.meta.url, './agent'),
  worker: siblingEntry(import.meta.url, './worker'),
});
