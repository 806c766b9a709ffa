import { dataFolder } from '../contract/dataFolder.ts';
import { askAgent } from './clients/controlClient.ts';
import { dataOption, readArguments, usageError } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

const usage = `usage: holdfast reload [--data DIR]

Makes the running edge read its configuration file again; with problems the running configuration stays.

  --data DIR       data folder of the edge that is meant (default ./.holdfast)
`;

/** `holdfast reload` */
export async function reload(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, dataOption, usage, io);
  if (typeof read === 'number') return read;
  if (read.words.length > 0) return usageError('no words here', usage, io);
  return askAgent(dataFolder(read.values.data as string), 'POST', '/local/reload', undefined, io);
}
