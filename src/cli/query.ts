import { dataFolder } from '../contract/dataFolder.ts';
import { askAndTellFactory } from './clients/factorySocket.ts';
import type { Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** Through the factory, because the embedded engine's folder belongs to one process. */
export async function query({ words, values }: Asked, io: Io): Promise<number> {
  const question = { sql: words[0], format: values.format, write: values.write === true };
  return askAndTellFactory(dataFolder(values.data as string), '/query', question, io, (text) => text);
}
