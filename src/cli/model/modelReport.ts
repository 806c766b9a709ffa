import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../kernel/clock.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import {
  LoggedBots,
  type ModelReport,
  type ReplaySummary,
  readAccessLog,
  readOperatorRanges,
  replayLog,
  reportPage,
  textSummary,
} from '../../replay/index.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import type { Asked, Values } from '../terminal/verb.ts';
import { readJudge } from './readJudge.ts';

const shippedReport = fileURLToPath(new URL('../../../shipped/model-report.json', import.meta.url));
/** It is about 20 KB; a hundred times that is something else. */
const reportBytesMax = 4 << 20;

/** `holdfast model report`. Exit codes as every verb: 2 when a file cannot be read or written. */
export async function modelReport({ values }: Asked, io: Io): Promise<number> {
  const report = readReport(values);
  if (!report.ok) return failed(report.error, io);
  const replay = await replayed(values);
  if (!replay.ok) return failed(replay.error, io);
  if (typeof values.html === 'string') {
    const madeAtMs = systemClock.wallMs();
    const page = reportPage({ replay: replay.value, report: report.value, madeBy: 'holdfast model report', madeAtMs });
    const written = writePage(resolve(values.html), page);
    if (!written.ok) return failed(written.error, io);
    io.stderr.write(`${values.html}: ${Math.ceil(page.length / 1024)} KB, opens in any browser\n`);
  }
  if (values.json === true) {
    io.stdout.write(`${JSON.stringify({ replay: replay.value ?? null, evaluation: report.value ?? null })}\n`);
  } else {
    if (replay.value !== undefined) io.stdout.write(textSummary(replay.value));
    if (report.value !== undefined) io.stdout.write(evaluationText(report.value));
  }
  return exitCodes.done;
}

async function replayed(values: Values): Promise<Result<ReplaySummary | undefined, string>> {
  const path = values['access-log'];
  if (typeof path !== 'string') return ok(undefined);
  const files = { features: values.features as string | undefined, model: values.model as string | undefined };
  const judge = readJudge(files);
  if (!judge.ok) return judge;
  const hasRanges = typeof values.ranges === 'string';
  const bots = hasRanges ? readOperatorRanges(values.ranges as string) : ok(new LoggedBots(new Map()));
  if (!bots.ok) return bots;
  const log = await readAccessLog(path);
  if (!log.ok) return log;
  if (log.value.lines.length === 0) {
    return err(`${path} holds no line in the combined format (${log.value.linesRead} lines read)`);
  }
  const { features, judge: compiled } = judge.value;
  const siteHost = values.host as string | undefined;
  return ok(
    replayLog({
      file: basename(path),
      log: log.value,
      features,
      judge: compiled,
      bots: bots.value,
      hasRanges,
      siteHost,
    }),
  );
}

function readReport(values: Values): Result<ModelReport | undefined, string> {
  // Another model's figures are not the shipped one's.
  const path = (values.report as string | undefined) ?? (values.model === undefined ? shippedReport : undefined);
  if (path === undefined) return ok(undefined);
  try {
    const bytes = readFileSync(path);
    if (bytes.length > reportBytesMax) return err(`${path} is larger than the ${reportBytesMax} bytes of any report`);
    const report: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof report !== 'object' || report === null || Array.isArray(report)) return err(`${path} is no report`);
    return ok(report as ModelReport);
  } catch (error) {
    return err(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function writePage(path: string, page: string): Result<void, string> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page);
    return ok(undefined);
  } catch (error) {
    return err(`${path} cannot be written: ${(error as Error).message}`);
  }
}

function evaluationText({ fresh, heldOut }: ModelReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const lines = ['evaluation of the model:'];
  if (fresh !== undefined) {
    lines.push(
      `  known families, new sessions: AUC ${fresh.auc?.toFixed(4) ?? '–'}, people below 30 ${percent(fresh.peopleBelow30)}, programs at 30 and above ${percent(fresh.botsAtLeast30)}`,
    );
  }
  for (const { name, evaluation } of heldOut ?? []) {
    const wrong = evaluation.families.reduce((sum, each) => sum + each.wrongShare * each.rows, 0);
    lines.push(`  never seen: ${name.padEnd(28)} wrong ${percent(wrong / Math.max(1, evaluation.rows))}`);
  }
  return `${lines.join('\n')}\n`;
}

function failed(message: string, io: Io): number {
  io.stderr.write(`holdfast model report: ${message}\n`);
  return exitCodes.usage;
}
