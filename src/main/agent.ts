import { spawn } from 'node:child_process';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { agentLimits, ValidatorProcess } from '../edge/agent/index.ts';
import { lineLogger } from '../kernel/log.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { runAgent } from './runAgent.ts';

/* Entry of an edge's agent: `agent OPTIONS` with EdgeOptions as JSON. */
const startValidator = () =>
  spawn(
    process.execPath,
    [`--max-old-space-size=${agentLimits.childHeapMiB}`, siblingEntry(import.meta.url, './validator')],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' },
  );
runAgent(JSON.parse(process.argv[2] ?? '{}') as EdgeOptions, new ValidatorProcess(startValidator, lineLogger('agent')));
