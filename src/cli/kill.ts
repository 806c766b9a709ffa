import { isSwitch, switchNamesHelp } from '../bundles/index.ts';
import type { EdgeStatus } from '../contract/controlApi.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { LocalStatus, LocalSwitchAnswer } from '../contract/localApi.ts';
import { printable, printableLines } from '../kernel/printable.ts';
import { agentClient, askAndTell, controlClient, findingLines, json } from './clients/controlClient.ts';
import { controlOptions, controlUsage, readArguments, usageError } from './terminal/arguments.ts';
import { exitCodes, type Io } from './terminal/io.ts';

const options = { ...controlOptions, local: { type: 'boolean' }, json: { type: 'boolean' } } as const;

/** `holdfast kill NAME [--local]` */
export function kill(args: readonly string[], io: Io): Promise<number> {
  return setSwitch('kill', args, io);
}

/** `holdfast unkill NAME [--local]` */
export function unkill(args: readonly string[], io: Io): Promise<number> {
  return setSwitch('unkill', args, io);
}

async function setSwitch(verb: 'kill' | 'unkill', args: readonly string[], io: Io): Promise<number> {
  const usage = `usage: holdfast ${verb} NAME [--local]

NAME is one of ${switchNamesHelp}.

  --local          on this machine's edge alone, straight at its agent: works with control dead
${controlUsage}`;
  const read = readArguments(args, options, usage, io);
  if (typeof read === 'number') return read;
  const { values, words } = read;
  const [name] = words;
  if (name === undefined || words.length !== 1) return usageError('one NAME', usage, io);
  // Asked here too, so that a slip of the finger is told apart from an edge that is not there.
  if (!isSwitch(name)) return usageError(`there is no switch '${printable(name)}'`, usage, io);
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
export async function switches(args: readonly string[], io: Io): Promise<number> {
  const usage = `usage: holdfast switches [--local] [--json]

Lists what is switched off: everywhere, and on single edges.

  --local          only what is off on this machine's edge alone; works with control dead
${controlUsage}`;
  const read = readArguments(args, options, usage, io);
  if (typeof read === 'number') return read;
  const { values, words } = read;
  if (words.length > 0) return usageError('no words here', usage, io);
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
