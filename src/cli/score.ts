import { ClientWindows, explainScore, type ScoreExplanation } from '../bots/index.ts';
import { headLimits, parseRequestHead, type RequestHead } from '../http/index.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { readArguments, usageError, type Values } from './arguments.ts';
import { exitCodes, type Io } from './io.ts';
import { readBounded, readJudge } from './readJudge.ts';

const usage = `usage: holdfast score FILE [--json]

Explains the score of one request. FILE holds a raw request head ("GET / HTTP/1.1", header lines, an empty line);
"-" reads standard input. The request counts as the first of its client.

  --json               for scripts: score, source, reasons, model, versions
  --scheme https       as if it had come over TLS (default http)
  --client ADDRESS     as if it had come from there (default 127.0.0.1)
  --no-heuristics      the model alone
  --features FILE      a feature file instead of the shipped one
  --model FILE         a model file instead of the shipped one
`;

/** At most this many features are told in the plain text; JSON has all. */
const reasonsShown = 12;

/** `holdfast score FILE [--json]`. Returns the exit code: 0, or 2 when the command line or a file cannot be read. */
export async function score(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, flags, usage, io);
  if (typeof read === 'number') return read;
  const options = scoreOptions(read.values, read.words);
  if (!options.ok) return usageError(options.error, usage, io);
  const explained = await explainFile(options.value);
  if (!explained.ok) {
    io.stderr.write(`holdfast score: ${explained.error}\n`);
    return exitCodes.usage;
  }
  const json = scoreJson(explained.value, options.value);
  io.stdout.write(options.value.json ? `${JSON.stringify(json, null, 2)}\n` : scoreText(json));
  return exitCodes.done;
}

interface ScoreOptions {
  readonly file: string;
  readonly json: boolean;
  readonly heuristics: boolean;
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  readonly features: string | undefined;
  readonly model: string | undefined;
}

/** What `--json` prints. */
export interface ScoreJson {
  /** null: absent; `source` then says why. */
  readonly score: number | null;
  readonly source: string;
  readonly reasons: readonly ScoreReason[];
  /** What the model says, also where heuristics decided; null when the score is absent. */
  readonly model: {
    readonly score: number;
    readonly probability: number;
    readonly logOdds: number;
    /** Log-odds of the request that it is compared with; base + Σ contributions = logOdds. */
    readonly base: number;
    readonly comparedWith: string;
  } | null;
  /** 0: what the software ships with; null: a file named on the command line. */
  readonly versions: { readonly features: number | null; readonly model: number | null };
}

/** A heuristic that hit, or what a feature moved: log-odds, above 0 towards human, below towards automated. */
export type ScoreReason =
  | { readonly heuristic: string; readonly summary: string }
  | { readonly feature: string; readonly value: number | null; readonly contribution: number };

const flags = {
  json: { type: 'boolean', default: false },
  'no-heuristics': { type: 'boolean', default: false },
  scheme: { type: 'string', default: 'http' },
  client: { type: 'string', default: '127.0.0.1' },
  features: { type: 'string' },
  model: { type: 'string' },
} as const;

function scoreOptions(values: Values, words: readonly string[]): Result<ScoreOptions, string> {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0)
    return err('name one file with a raw request head, or - for standard input');
  const { scheme } = values;
  if (scheme !== 'http' && scheme !== 'https') return err('--scheme is http or https');
  return ok({
    file,
    json: values.json === true,
    heuristics: values['no-heuristics'] !== true,
    scheme,
    clientAddress: values.client as string,
    features: values.features as string | undefined,
    model: values.model as string | undefined,
  });
}

async function explainFile(options: ScoreOptions): Promise<Result<ScoreExplanation, string>> {
  const bytes = await (options.file === '-'
    ? readStandardInput(headLimits.headBytesMax)
    : readBounded(options.file, headLimits.headBytesMax));
  if (!bytes.ok) return bytes;
  const head = parseRequestHead(bytes.value, { scheme: options.scheme, clientAddress: options.clientAddress });
  if (!head.ok) return err(`${options.file === '-' ? 'standard input' : options.file}: ${head.error}`);
  const judge = readJudge(options);
  if (!judge.ok) return judge;
  const window = new ClientWindows({ clientsMax: 1 }).observe(head.value, 0);
  return ok(explainScore(judge.value.judge, head.value, window, { heuristics: options.heuristics }));
}

async function readStandardInput(bytesMax: number): Promise<Result<Uint8Array, string>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of process.stdin) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > bytesMax) break;
    }
  } catch (error) {
    return err(`standard input cannot be read: ${(error as Error).message}`);
  }
  return ok(Buffer.concat(chunks));
}

function scoreJson(explained: ScoreExplanation, options: ScoreOptions): ScoreJson {
  const versions = {
    features: options.features === undefined ? 0 : null,
    model: options.model === undefined ? 0 : null,
  };
  if (explained.kind === 'absent') {
    const source = explained.verdict.kind === 'absent' ? explained.verdict.reason : 'not-scored';
    return { score: null, source, reasons: [], model: null, versions };
  }
  const { verdict } = explained;
  const named = explained.heuristics.map(({ id, summary }) => ({ heuristic: id, summary }));
  return {
    score: verdict.score,
    source: verdict.source,
    reasons: [...named, ...explained.features],
    model: explained.model,
    versions,
  };
}

function scoreText(json: ScoreJson): string {
  if (json.score === null || json.model === null) return `no score: ${json.source}\n`;
  const lines = [`score ${json.score} of 99 (1 automated, 99 human), by ${json.source}`];
  for (const reason of json.reasons) if ('heuristic' in reason) lines.push(`  ${reason.heuristic}: ${reason.summary}`);
  const moved = json.reasons
    .filter((reason) => 'feature' in reason)
    .filter(({ contribution }) => Math.abs(contribution) >= 0.005);
  const { score, probability, logOdds, base, comparedWith } = json.model;
  lines.push(`model: score ${score}, P(human) ${probability.toFixed(4)}, log-odds ${logOdds.toFixed(2)}`);
  lines.push(`compared with ${comparedWith} (log-odds ${base.toFixed(2)}):`);
  for (const { feature, value, contribution } of moved.slice(0, reasonsShown)) {
    const sign = contribution > 0 ? '+' : '';
    lines.push(
      `  ${(sign + contribution.toFixed(2)).padStart(7)}  ${feature} = ${value === null ? 'missing' : round(value)}`,
    );
  }
  if (moved.length > reasonsShown) lines.push(`  ... and ${moved.length - reasonsShown} more with --json`);
  lines.push(
    `versions: features ${json.versions.features ?? 'from file'}, model ${json.versions.model ?? 'from file'}`,
  );
  return `${lines.join('\n')}\n`;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
