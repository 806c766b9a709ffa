import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { runSupervisor } from './runSupervisor.ts';

/* Entry of an edge: `supervisor OPTIONS` with EdgeOptions as JSON. */
await runSupervisor(JSON.parse(process.argv[2] ?? '{}') as EdgeOptions, {
  agent: siblingEntry(import.meta.url, './agent'),
  worker: siblingEntry(import.meta.url, './worker'),
});
