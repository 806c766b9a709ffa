import { parseArgs } from 'node:util';
import { dataFolder } from '../contract/dataFolder.ts';
import { askAgent } from './controlClient.ts';
import type { Io } from './io.ts';

/** `holdfast reload`: the agent reads the configuration file again; with problems the running one stays. */
export async function reload(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args, options: { data: { type: 'string', default: './.holdfast' } } });
  return askAgent(dataFolder(values.data), 'POST', '/local/reload', undefined, io);
}
