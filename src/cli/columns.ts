import { dataFolder } from '../contract/dataFolder.ts';
import { askAndTellFactory } from './clients/factorySocket.ts';
import { dataOption, readArguments, usageError } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

const usage = `usage: holdfast columns add NAME TYPE JSON [--data DIR]
  adds a column to http_requests_features, or changes the comment of one that is there; the next feature file has it
  TYPE  UInt8, UInt16, UInt32, Int32, Float32
  JSON  {"extractor", "parameters", "range": [min, max], "default": number or null}
  holdfast columns add has_x_app UInt8 '{"extractor":"header-present","parameters":{"header":"x-app"},"range":[0,1],"default":0}'
`;

export async function columns(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, dataOption, usage, io);
  if (typeof read === 'number') return read;
  const feature = featureOf(read.words);
  if (typeof feature === 'string') return usageError(feature, usage, io);
  return askAndTellFactory(dataFolder(read.values.data as string), '/columns', feature, io, () => {
    return `${feature.name}: in the next feature file\n`;
  });
}

/** What is to be added; a sentence when it cannot be read. Whether it is a feature is the factory's to say. */
function featureOf([verb, name, type, json, ...rest]: readonly string[]) {
  if (verb !== 'add' || json === undefined || rest.length > 0) return 'add NAME TYPE JSON';
  try {
    const { extractor, parameters = {}, range, default: default_ = null } = JSON.parse(json) as Record<string, unknown>;
    return { name, type, extractor, parameters, range, default: default_ };
  } catch (error) {
    return `JSON: ${(error as Error).message}`;
  }
}
