import type { Flags, Form, Verb } from './verb.ts';

const columns = 120;
/** What is longer than that pushes its sentence to the right instead of all others. */
const leftMax = 30;
/** Flags up to so many stand in the first line themselves. */
const shownMax = 3;

type Line = readonly [left: string, right: string];

/** What `holdfast VERB --help` prints. */
export function usageText(verb: Verb): string {
  const parts = [usageLines(verb), ...(verb.says === undefined ? [] : [verb.says]), ...tables(verb)];
  if (verb.examples !== undefined) parts.push(verb.examples.map((example) => `  ${example}`).join('\n'));
  const codes = Object.entries(verb.exits).map(([code, says]) => `${code} ${says}`);
  parts.push(wrap(`Exit code: ${codes.join('; ')}.`, 0).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

/** Everything that may stand behind a verb, its forms' flags too. */
export function flagsOf(verb: Verb): Flags {
  return Object.assign({}, ...verb.forms.map((form) => form.flags ?? {}), verb.flags) as Flags;
}

function usageLines(verb: Verb): string {
  const tabled = isTabled(verb) ? [`usage: holdfast ${verb.name} VERB [options]`] : undefined;
  const lines = verb.forms.map((form) => `holdfast ${[verb.name, form.words, shownFlags(form, verb)].join(' ')}`);
  const shown =
    tabled ?? lines.map((line, index) => `${index === 0 ? 'usage:' : '      '} ${line.replaceAll(/ +/g, ' ')}`);
  const more = tabled === undefined ? (verb.verbs ?? []) : [];
  return [...shown, ...more.map(({ name }) => `       holdfast ${name} [options]`)]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Forms with sentences of their own are a table; others stand in the first lines. */
function isTabled({ forms }: Verb): boolean {
  return forms.length > 1 && forms.every(({ says }) => says !== undefined);
}

function shownFlags(form: Form, verb: Verb): string {
  if (form.shown !== undefined) return form.shown;
  const flags = Object.entries({ ...form.flags, ...verb.flags });
  if (flags.length > shownMax) return '[options]';
  return flags.map(([name, { takes }]) => `[--${name}${takes === undefined ? '' : ` ${takes}`}]`).join(' ');
}

function tables(verb: Verb): string[] {
  const tabled = isTabled(verb);
  const forms = verb.forms.flatMap((form): Line[] => [
    ...(tabled ? [[`  ${form.words}`, form.says!] as const] : []),
    ...flagLines(form.flags ?? {}, tabled ? '      ' : '  '),
  ]);
  const verbs = tabled
    ? (verb.verbs ?? []).map(({ name, summary }): Line => {
        return [`  ${name.split(' ').at(-1)}`, `${summary} ('holdfast ${name} --help')`];
      })
    : [];
  const blocks = [[...forms, ...verbs], flagLines(verb.flags, '  ')].filter((lines) => lines.length > 0);
  const width = Math.max(...blocks.flat().map(([left]) => Math.min(leftMax, left.length))) + 3;
  return blocks.map((lines) => lines.map((line) => inColumns(line, width)).join('\n'));
}

function flagLines(flags: Flags, indent: string): Line[] {
  return Object.entries(flags).map(([name, { takes, says, byDefault, repeats, alone }]) => {
    const behind = takes === undefined ? '' : alone === undefined ? ` ${takes}` : ` [${takes}]`;
    const more = [
      ...(byDefault === undefined ? [] : [`default ${byDefault}`]),
      ...(alone === undefined ? [] : [`alone: ${alone}`]),
      ...(repeats === undefined ? [] : ['may be repeated']),
    ];
    return [`${indent}--${name}${behind}`, more.length === 0 ? says : `${says} (${more.join('; ')})`];
  });
}

function inColumns([left, right]: Line, width: number): string {
  const start = left.length + 1 > width ? `${left}  ` : left.padEnd(width);
  const [first = '', ...rest] = wrap(right, width, start.length);
  return [`${start}${first}`, ...rest.map((line) => `${' '.repeat(width)}${line}`)].join('\n');
}

/** Breaks between words, so that lines that begin at `indent` (the first at `firstAt`) end before the screen does. */
function wrap(text: string, indent: number, firstAt = indent): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const at = lines.length === 0 ? firstAt : indent;
    if (line !== '' && at + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
