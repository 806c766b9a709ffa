import { dataFolder } from '../contract/dataFolder.ts';
import { askAndTellFactory } from './clients/factorySocket.ts';
import type { Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** `holdfast columns add NAME TYPE JSON` */
export async function columns({ words, values, wrong }: Asked, io: Io): Promise<number> {
  const feature = featureOf(words);
  if (typeof feature === 'string') return wrong(feature);
  return askAndTellFactory(dataFolder(values.data as string), '/columns', feature, io, () => {
    return `${feature.name}: in the next feature file\n`;
  });
}

/** What is to be added; a sentence when it cannot be read. Whether it is a feature is the factory's to say. */
function featureOf([name, type, json = '']: readonly string[]) {
  try {
    const { extractor, parameters = {}, range, default: default_ = null } = JSON.parse(json) as Record<string, unknown>;
    return { name, type, extractor, parameters, range, default: default_ };
  } catch (error) {
    return `JSON: ${(error as Error).message}`;
  }
}
