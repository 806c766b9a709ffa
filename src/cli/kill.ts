import { isSwitch } from '../bundles/index.ts';
import type { EdgeStatus } from '../contract/controlApi.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { LocalStatus, LocalSwitchAnswer } from '../contract/localApi.ts';
import { hint } from '../kernel/didYouMean.ts';
import { printable, printableLines } from '../kernel/printable.ts';
import { moduleNames } from '../modules/all.ts';
import { agentClient, askAndTell, controlClient, findingLines, json } from './clients/controlClient.ts';
import { exitCodes, type Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** `holdfast kill NAME [--local]`, `holdfast unkill NAME [--local]` */
export async function setSwitch(verb: 'kill' | 'unkill', { words, values, wrong }: Asked, io: Io): Promise<number> {
  const [name = ''] = words;
  // Asked here too, so that a slip of the finger is told apart from an edge that is not there.
  if (!isSwitch(name)) return wrong(`there is no switch '${printable(name)}'${hint(name, moduleNames)}`);
  const state = verb === 'kill' ? 'off' : 'on';
  if (values.local === true) {
    const agent = agentClient(dataFolder(values.data as string));
    return askAndTell(agent, io, 'POST', `/local/${verb}`, { name }, (answer) => {
      const { findings } = json<LocalSwitchAnswer>(answer);
      const exception = findings.length === 0 ? '' : `, but not on every worker:\n${findingLines(findings)}`;
      return `${name} is ${state} on this edge${exception}\n`;
    });
  }
  const control = controlClient(values.data as string, values.control as string | undefined);
  return askAndTell(control, io, 'POST', '/v1/switches', { [verb]: name }, (answer) => {
    return `${name} is ${state} everywhere (switches ${json<{ version: number }>(answer).version})\n`;
  });
}

/** `holdfast switches [--local] [--json]` */
export async function switches({ values }: Asked, io: Io): Promise<number> {
  const print = (everywhere: readonly string[], local: Readonly<Record<string, readonly string[]>>) =>
    values.json === true ? `${JSON.stringify({ killed: everywhere, local })}\n` : switchesText(everywhere, local);
  if (values.local === true) {
    return askAndTell(
      agentClient(dataFolder(values.data as string)),
      io,
      'GET',
      '/local/status',
      undefined,
      (answer) => {
        const { edge, localKilled } = json<LocalStatus>(answer);
        return print([], { [edge]: localKilled });
      },
    );
  }
  const control = controlClient(values.data as string, values.control as string | undefined);
  let local: Record<string, readonly string[]> = {};
  const code = await askAndTell(control, io, 'GET', '/v1/edges', undefined, (answer) => {
    local = Object.fromEntries(json<EdgeStatus[]>(answer).map(({ edge, report }) => [edge, report.localKilled]));
    return '';
  });
  if (code !== exitCodes.done) return code;
  return askAndTell(control, io, 'GET', '/v1/switches', undefined, (answer) => {
    return print(json<{ killed: string[] }>(answer).killed, local);
  });
}

function switchesText(everywhere: readonly string[], local: Readonly<Record<string, readonly string[]>>): string {
  const lines = everywhere.map((name) => `${name}  off everywhere\n`);
  for (const [edge, names] of Object.entries(local)) lines.push(...names.map((name) => `${name}  off on ${edge}\n`));
  return lines.length === 0 ? 'nothing is switched off\n' : printableLines(lines.join(''));
}
