import { readArguments, readForm } from './arguments.ts';
import { exitCodes, type Io } from './io.ts';
import { flagsOf, usageText } from './usageText.ts';
import type { Verb } from './verb.ts';

/** Reads what was typed behind the verb as its row says, answers `--help`, and runs it. Returns the exit code. */
export async function runVerb(verb: Verb, args: readonly string[], io: Io): Promise<number> {
  const deeper = verb.verbs?.find(({ name }) => name === `${verb.name} ${args[0]}`);
  if (deeper !== undefined) return runVerb(deeper, args.slice(1), io);
  const wrong = (message: string) => {
    io.stderr.write(`holdfast: ${message}\n${usageText(verb)}`);
    return exitCodes.usage;
  };
  const read = readArguments(args, flagsOf(verb));
  if (!read.ok) return wrong(read.error);
  const { values } = read.value;
  if (values.help === true) {
    io.stdout.write(usageText(verb));
    return exitCodes.done;
  }
  const deeperWords = (verb.verbs ?? []).map(({ name }) => name.slice(verb.name.length + 1));
  const formed = readForm(read.value.words, verb.forms, deeperWords);
  return formed.ok ? verb.run({ ...formed.value, values, wrong }, io) : wrong(formed.error);
}
