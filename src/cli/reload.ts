import { dataFolder } from '../contract/dataFolder.ts';
import { askAgent } from './clients/controlClient.ts';
import type { Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** `holdfast reload` */
export function reload({ values }: Asked, io: Io): Promise<number> {
  return askAgent(dataFolder(values.data as string), 'POST', '/local/reload', undefined, io);
}
