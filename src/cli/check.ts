import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type ConfigProblem, configLimits, type HoldfastConfig, readConfigBytes } from '../config/index.ts';
import { printable } from '../kernel/printable.ts';
import { exitCodes, type Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** `holdfast check FILE [--json]`. Reads one file, changes nothing, starts nothing. */
export async function check({ words, values }: Asked, io: Io): Promise<number> {
  const [file = ''] = words;
  let bytes: Uint8Array;
  try {
    bytes = readBounded(file);
  } catch (cause) {
    io.stderr.write(`holdfast check: cannot read ${file}: ${(cause as Error).message}\n`);
    return exitCodes.usage;
  }
  const config = readConfigBytes(bytes);
  const problems = config.ok ? [] : config.error;
  if (values.json === true) {
    io.stdout.write(
      `${JSON.stringify({ file: file, ok: config.ok, problems, ...(config.ok ? counts(config.value) : {}) })}\n`,
    );
  } else if (config.ok) {
    const { sites, rules } = counts(config.value);
    io.stdout.write(`${file}: ${plural(sites, 'site')}, ${plural(rules, 'rule')}, no problems\n`);
  } else {
    // Of what is no text, no line can be shown.
    const lines = isUtf8(bytes) ? Buffer.from(bytes).toString('utf8').split(/\r?\n/) : [];
    for (const problem of problems) io.stdout.write(show(file, problem, lines));
    io.stdout.write(`${plural(problems.length, 'problem')}\n`);
  }
  return config.ok ? exitCodes.done : exitCodes.refused;
}

/** One byte more than is taken is enough to be told that it is too much, so a huge file is not read into memory. */
function readBounded(path: string): Uint8Array {
  if (statSync(path).size > configLimits.fileBytesMax) return new Uint8Array(configLimits.fileBytesMax + 1);
  return readFileSync(path);
}

function counts(config: HoldfastConfig): { readonly sites: number; readonly rules: number } {
  const { sites } = config.sites;
  return { sites: sites.length, rules: sites.reduce((sum, site) => sum + site.rules.length, 0) };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `FILE:LINE:COLUMN: message`, the source line and a caret below it, like a compiler. */
function show(file: string, problem: ConfigProblem, lines: readonly string[]): string {
  const { line, column, message } = problem;
  const source = lines[line - 1] ?? '';
  // A long line is cut around the place; what cannot be printed must not reach the terminal.
  const start = column > 100 ? column - 60 : 0;
  const shown = printable(source.slice(start, start + 120));
  if (shown.trim() === '') return `${file}:${line}:${column}: ${message}\n`;
  return `${file}:${line}:${column}: ${message}\n    ${shown}\n    ${' '.repeat(column - 1 - start)}^\n`;
}
