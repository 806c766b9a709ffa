import { canonicalAddress } from '../../address/index.ts';
import { ClientWindows, explainScore } from '../../bots/index.ts';
import { type ScoreJson, scoreJson } from '../../bots/scoreJson.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { type Handshake, headLimits, parseRequestHead, type RequestHead } from '../../http/index.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { agentClient, askAndTell, json } from '../clients/controlClient.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import type { Asked, Values } from '../terminal/verb.ts';
import { readBounded, readJudge } from './readJudge.ts';

/** At most this many features are told in the plain text; JSON has all. */
const reasonsShown = 12;

/** `holdfast score FILE ... [--json]`. Returns the exit code: 0, or 2 when the command line or a file cannot be read. */
export async function score({ words, values, wrong }: Asked, io: Io): Promise<number> {
  const options = scoreOptions(values, words);
  if (!options.ok) return wrong(options.error);
  const heads = await readHeads(options.value);
  if (!heads.ok) return failed(heads.error, io);
  if (options.value.edge !== undefined) return askEdge(options.value.edge, heads.value[0]!.bytes, options.value, io);
  const explained = explainSession(heads.value, options.value);
  if (!explained.ok) return failed(explained.error, io);
  io.stdout.write(options.value.json ? `${JSON.stringify(explained.value, null, 2)}\n` : sessionText(explained.value));
  return exitCodes.done;
}

interface ScoreOptions {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly heuristics: boolean;
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  readonly handshake: Handshake | null;
  readonly isRelayed: boolean;
  readonly pauseMs: number;
  /** Data folder of the edge that is asked; undefined: none. */
  readonly edge: string | undefined;
  readonly features: string | undefined;
  readonly model: string | undefined;
}

/** What `--json` prints. */
export interface SessionJson extends ScoreJson {
  /** Scores of the requests before, in their order; null: absent. */
  readonly before: readonly (number | null)[];
}

/** Of one session; a client's window looks back a minute, and an hour for some. */
const filesMax = 1_000;

function scoreOptions(values: Values, files: readonly string[]): Result<ScoreOptions, string> {
  if (files.length > filesMax || files.filter((file) => file === '-').length > 1)
    return err(`at most ${filesMax} files, and - once`);
  const hasHandshake = values.ja4 !== undefined || values.http2 !== undefined;
  const scheme = values.scheme ?? (hasHandshake ? 'https' : 'http');
  if (scheme !== 'http' && scheme !== 'https') return err('--scheme is http or https');
  const pauseMs = Number(values.pause) * 1_000;
  if (!(pauseMs >= 0 && pauseMs <= 86_400_000)) return err('--pause is a number of seconds, a day at most');
  const fixed = values.features !== undefined || values.model !== undefined || values['no-heuristics'] === true;
  if (values.edge === true && (fixed || files.length > 1))
    return err('--edge takes one file, and judges with what is in force there');
  return ok({
    files,
    json: values.json === true,
    heuristics: values['no-heuristics'] !== true,
    scheme,
    clientAddress: canonicalAddress(values.client as string) ?? (values.client as string),
    handshake: hasHandshake
      ? { ja4: (values.ja4 as string | undefined) ?? null, http2: (values.http2 as string | undefined) ?? null }
      : null,
    isRelayed: values.relayed === true,
    pauseMs,
    edge: values.edge === true ? (values.data as string) : undefined,
    features: values.features as string | undefined,
    model: values.model as string | undefined,
  });
}

interface ReadHead {
  readonly head: RequestHead;
  readonly bytes: Uint8Array;
}

async function readHeads(options: ScoreOptions): Promise<Result<readonly ReadHead[], string>> {
  const { files, scheme, clientAddress, handshake, isRelayed } = options;
  const peer = { scheme, clientAddress, handshake, isRelayed };
  const heads: ReadHead[] = [];
  for (const file of files) {
    const bytes = await (file === '-'
      ? readStandardInput(headLimits.headBytesMax)
      : readBounded(file, headLimits.headBytesMax));
    if (!bytes.ok) return bytes;
    const head = parseRequestHead(bytes.value, peer);
    if (!head.ok) return err(`${file === '-' ? 'standard input' : file}: ${head.error}`);
    heads.push({ head: head.value, bytes: bytes.value });
  }
  return ok(heads);
}

function explainSession(heads: readonly ReadHead[], options: ScoreOptions): Result<SessionJson, string> {
  const read = readJudge(options);
  if (!read.ok) return read;
  const { judge } = read.value;
  const { heuristics, pauseMs } = options;
  const windows = new ClientWindows({ clientsMax: 1 });
  const before: (number | null)[] = [];
  for (const [index, { head }] of heads.slice(0, -1).entries()) {
    const verdict = judge.judge(head, windows.observe(head, index * pauseMs), { heuristics });
    before.push(verdict.kind === 'scored' ? verdict.score : null);
  }
  const { head } = heads.at(-1)!;
  const explained = explainScore(judge, head, windows.observe(head, before.length * pauseMs), { heuristics });
  const versions = {
    features: options.features === undefined ? 0 : null,
    model: options.model === undefined ? 0 : null,
  };
  return ok({ ...scoreJson(explained, versions), before });
}

/** The edge judges the head as a client's first. */
function askEdge(data: string, bytes: Uint8Array, options: ScoreOptions, io: Io): Promise<number> {
  const query = new URLSearchParams({ scheme: options.scheme, client: options.clientAddress });
  if (options.handshake?.ja4 != null) query.set('ja4', options.handshake.ja4);
  if (options.handshake?.http2 != null) query.set('http2', options.handshake.http2);
  if (options.isRelayed) query.set('relayed', '1');
  const agent = agentClient(dataFolder(data));
  return askAndTell(agent, io, 'POST', `/local/score?${query}`, Buffer.from(bytes), (answer) => {
    const told = json<ScoreJson>(answer);
    return options.json ? `${JSON.stringify(told, null, 2)}\n` : scoreText(told);
  });
}

function failed(message: string, io: Io): number {
  io.stderr.write(`holdfast score: ${message}\n`);
  return exitCodes.usage;
}

function sessionText(session: SessionJson): string {
  if (session.before.length === 0) return scoreText(session);
  const before = session.before.map((score) => score ?? 'none').join(' ');
  return `scores of the ${session.before.length} requests before: ${before}\n${scoreText(session)}`;
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
