import { payloadBytesMax } from '../../contract/bundleKind.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { agentClient, askAndTell, json } from '../clients/controlClient.ts';
import { dataOption, readArguments, usageError } from '../terminal/arguments.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import { readBounded } from './readJudge.ts';

const usage = `usage: holdfast model shadow FILE | --none [--data DIR]

Gives the running edge of this machine a second model. It scores every request beside the model in force, and acts on
nothing: no rule and no origin sees what it says. The access log and ClickHouse have it as shadow_score, the metrics as
holdfast_edge_scores_total and holdfast_edge_shadow_agreement_total. It is kept on the disk, and works with control dead.

  --none       no shadow any more
  --data DIR   data folder of the edge (default ./.holdfast)
`;

const flags = { ...dataOption, none: { type: 'boolean', default: false } } as const;

/** `holdfast model shadow`. Exit codes as every verb; 1 when the edge refuses the model. */
export async function modelShadow(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, flags, usage, io);
  if (typeof read === 'number') return read;
  const { values, words } = read;
  const isNone = values.none === true;
  if (words.length !== (isNone ? 0 : 1)) return usageError('one FILE, or --none', usage, io);
  const model = isNone ? undefined : readBounded(words[0]!, payloadBytesMax.model);
  if (model?.ok === false) {
    io.stderr.write(`holdfast model shadow: ${model.error}\n`);
    return exitCodes.usage;
  }
  const agent = agentClient(dataFolder(values.data as string));
  const body = model === undefined ? Buffer.alloc(0) : Buffer.from(model.value);
  return askAndTell(agent, io, 'POST', '/local/shadow', body, (answer) => {
    const { shadow } = json<{ shadow: string | null }>(answer);
    return shadow === null ? 'no shadow model any more\n' : `${shadow} scores beside the model in force\n`;
  });
}
