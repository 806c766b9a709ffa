import { payloadBytesMax } from '../../contract/bundleKind.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { agentClient, askAndTell, json } from '../clients/controlClient.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import type { Asked } from '../terminal/verb.ts';
import { readBounded } from './readJudge.ts';

/** `holdfast model shadow`. Exit codes as every verb; 1 when the edge refuses the model. */
export async function modelShadow({ words, values, wrong }: Asked, io: Io): Promise<number> {
  const isNone = values.none === true;
  if (words.length !== (isNone ? 0 : 1)) return wrong('one FILE, or --none');
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
