import { parseArgs } from 'node:util';
import { hint } from '../../kernel/didYouMean.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { Flags, Form, Values } from './verb.ts';

export interface Arguments {
  readonly values: Values;
  readonly words: readonly string[];
}

/** Flags and words as they were typed. The error is a sentence for whoever typed them. */
export function readArguments(args: readonly string[], flags: Flags): Result<Arguments, string> {
  const options = Object.entries(flags).map(([name, { takes, byDefault, repeats }]) => [
    name,
    {
      type: takes === undefined ? 'boolean' : 'string',
      ...(byDefault === undefined ? {} : { default: byDefault }),
      ...(repeats === undefined ? {} : { multiple: true }),
    },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: withMeaning(args, flags),
      options: { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    return ok({ values: values as Values, words: positionals });
  } catch (error) {
    const { message } = error as Error;
    const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
    return err(unknown === undefined ? message : `there is no --${unknown}${hint(unknown, Object.keys(flags))}`);
  }
}

/**
 * Which form the words have, and which of them it does not name itself. The error is a sentence; `others` are words that
 * somebody may have meant, too.
 */
export function readForm(
  words: readonly string[],
  forms: readonly Form[],
  others: readonly string[] = [],
): Result<{ readonly form: string; readonly words: readonly string[] }, string> {
  for (const form of forms) {
    const pattern = patternOf(form);
    if (pattern.literals.every((literal, index) => words[index] === literal)) {
      const rest = words.slice(pattern.literals.length);
      if (rest.length >= pattern.min && rest.length <= pattern.max)
        return ok({ form: pattern.literals.join(' '), words: rest });
    }
  }
  return err(misfit(words, forms, others));
}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Of a flag that repeats. */
export function textsOf(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : [];
}

interface Pattern {
  readonly literals: readonly string[];
  readonly names: readonly string[];
  readonly min: number;
  readonly max: number;
}

function patternOf({ words }: Form): Pattern {
  const parts = words.split(' ').filter((part) => part !== '');
  const literals = parts.filter((part) => /^[a-z0-9]/.test(part));
  const names = parts.filter((part) => !literals.includes(part) && part !== '...');
  const min = names.filter((name) => !name.startsWith('[')).length;
  return { literals, names, min, max: parts.includes('...') ? Number.POSITIVE_INFINITY : names.length };
}

function misfit(words: readonly string[], forms: readonly Form[], others: readonly string[]): string {
  const patterns = forms.map(patternOf);
  const firsts = [...patterns.flatMap(({ literals: [first] }) => first ?? []), ...others];
  const [word] = words;
  if (firsts.length > 0) {
    if (word === undefined) return `one of ${firsts.join(', ')} is missing`;
    if (!firsts.includes(word)) return `there is no '${word}' here${hint(word, firsts)}`;
  }
  const near = patterns.filter(({ literals: [first] }) => first === undefined || first === word);
  const { literals, names, min } = near[0] ?? { literals: [], names: [], min: 0 };
  const given = words.slice(literals.length);
  const otherwise = literals.findIndex((literal, index) => words[index] !== literal);
  if (otherwise !== -1) return `'${words[otherwise] ?? ''}' should be ${literals[otherwise]}`;
  if (given.length < min) return `${names[given.length]} is missing`;
  const extra = given[names.length];
  return literals.length + names.length === 0 ? `no words here, like '${extra}'` : `there is a word too many: ${extra}`;
}

/** A flag that may stand alone says what it then means. */
function withMeaning(args: readonly string[], flags: Flags): string[] {
  return args.map((arg, index) => {
    const flag = flags[arg.slice(2)];
    if (!arg.startsWith('--') || flag?.alone === undefined) return arg;
    const isAlone = !flag.takes?.split('|').includes(args[index + 1] ?? '');
    return isAlone ? `${arg}=${flag.alone}` : arg;
  });
}
