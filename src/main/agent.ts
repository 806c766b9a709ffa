import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { agentLimits } from '../agent/limits.ts';
import { ValidatorProcess } from '../agent/validatorProcess.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { systemClock } from '../kernel/clock.ts';
import { lineLogger } from '../kernel/log.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';

/* Entry of an edge's agent: `agent OPTIONS` with EdgeOptions as JSON. */
/*
 * As for the supervisor, and it is idle nearly always: what takes long is the validator's, a process of its own. V8's best
 * compiler would take 5 MiB here for code that runs a few times a minute; the quicker ones stay.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--no-opt');
const startValidator = () =>
  spawn(
    process.execPath,
    [`--max-old-space-size=${agentLimits.childHeapMiB}`, siblingEntry(import.meta.url, './validator')],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' },
  );
const options = JSON.parse(process.argv[2] ?? '{}') as EdgeOptions;
const validator = new ValidatorProcess(startValidator, systemClock, lineLogger('agent'));
// A first start serves once its sites are checked: the process for that starts while the rest of this one is loaded.
const isFirstStart = !existsSync(join(dataFolder(options.data).bundles, 'sites'));
if (isFirstStart && options.sites !== 'control') validator.warm();
const { runAgent } = await import('./processes/runAgent.ts');
runAgent(options, validator);
