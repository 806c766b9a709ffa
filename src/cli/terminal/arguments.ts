import { parseArgs } from 'node:util';
import { exitCodes, type Io } from './io.ts';

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export const dataOption = { data: { type: 'string', default: './.holdfast' } } as const satisfies Options;
export const controlOptions = { ...dataOption, control: { type: 'string' } } as const satisfies Options;
export const controlUsage = `  --data DIR       data folder of the 'holdfast up' that is meant (default ./.holdfast)
  --control URL    where control is, when it is not the one that 'holdfast up' started
`;

export interface Arguments {
  readonly values: Values;
  readonly words: readonly string[];
}

/** Flags and words, or the exit code of a verb that was asked for help or cannot be understood. */
export function readArguments(args: readonly string[], options: Options, usage: string, io: Io): Arguments | number {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help !== true) return { values: values as Values, words: positionals };
    io.stdout.write(usage);
    return exitCodes.done;
  } catch (error) {
    return usageError(`${(error as Error).message}`, usage, io);
  }
}

export function usageError(message: string, usage: string, io: Io): number {
  io.stderr.write(`holdfast: ${message}\n${usage}`);
  return exitCodes.usage;
}
