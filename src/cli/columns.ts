import { parseArgs } from 'node:util';
import { dataFolder } from '../contract/dataFolder.ts';
import { askFactory, errorOf } from './factorySocket.ts';
import { exitCodes, type Io } from './io.ts';

const usage = `holdfast columns add NAME TYPE JSON [--data DIR]
  adds a column to http_requests_features, or changes the comment of one that is there; the next feature file has it
  TYPE  UInt8, UInt16, UInt32, Int32, Float32
  JSON  {"extractor", "parameters", "range": [min, max], "default": number or null}
  holdfast columns add has_x_app UInt8 '{"extractor":"header-present","parameters":{"header":"x-app"},"range":[0,1],"default":0}'
`;

export async function columns(args: string[], io: Io): Promise<number> {
  const parsed = parse(args);
  if (typeof parsed === 'string') {
    io.stderr.write(`${parsed}\n${usage}`);
    return exitCodes.usage;
  }
  if (parsed.help) {
    io.stdout.write(usage);
    return exitCodes.done;
  }
  const socket = dataFolder(parsed.data).factorySocket;
  try {
    const answer = await askFactory(socket, 'POST', '/columns', parsed.feature);
    if (answer.status === 200) {
      io.stdout.write(`${parsed.feature?.name}: in the next feature file\n`);
      return exitCodes.done;
    }
    io.stderr.write(`${errorOf(answer.text)}\n`);
    return exitCodes.refused;
  } catch (error) {
    io.stderr.write(`no factory answers at ${socket} (${(error as Error).message}); is 'holdfast up' running there?\n`);
    return exitCodes.unreachable;
  }
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { data: { type: 'string', default: '.holdfast' }, help: { type: 'boolean', default: false } },
    });
    if (values.help) return { help: true, data: values.data, feature: undefined };
    const [verb, name, type, json, ...rest] = positionals;
    if (verb !== 'add' || json === undefined || rest.length > 0) return 'NAME, TYPE and JSON are needed';
    const { extractor, parameters = {}, range, default: default_ = null } = JSON.parse(json) as Record<string, unknown>;
    return { help: false, data: values.data, feature: { name, type, extractor, parameters, range, default: default_ } };
  } catch (error) {
    return (error as Error).message;
  }
}
