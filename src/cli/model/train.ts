import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFeatures } from '../../bots/index.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import { systemClock } from '../../kernel/clock.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type OwnData, renderReport, type TrainingReport, trainModel } from '../../training/index.ts';
import { type AskLog, lackOf, type OwnRows, ownRows, readOwnLog, type Verdicts } from '../../training/ownLog/index.ts';
import { askFactory, errorOf } from '../clients/factorySocket.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import type { Asked, Values } from '../terminal/verb.ts';

/** Exit codes as every verb; 1 when training itself failed. */
export async function train({ values, wrong }: Asked, io: Io): Promise<number> {
  const parsed = trainOptions(values);
  if (typeof parsed === 'string') return wrong(parsed);
  const features = readShipped<FeatureFile>('features.json');
  const startMs = systemClock.monotonicMs();
  const elapsedS = () => ((systemClock.monotonicMs() - startMs) / 1_000).toFixed(0);
  const progress = (line: string) => void io.stderr.write(`${elapsedS()} s: ${line}\n`);
  const own = parsed.log === null ? ok(null) : await learnFrom(parsed.log, parsed, features, progress);
  if (!own.ok) return refused(own.error, io);
  const result = await trainModel(features, parsed, progress, own.value);
  if (!result.ok) return refused(result.error, io);
  const { model, report } = result.value;
  const faults = report.ownLog?.faults ?? [];
  mkdirSync(parsed.out, { recursive: true });
  writeFileSync(join(parsed.out, 'model-report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(parsed.out, 'model-report.md'), renderReport(report));
  if (faults.length > 0) {
    const why = faults.map((fault) => `  ${fault}\n`).join('');
    const report = join(parsed.out, 'model-report.md');
    return refused(
      `the model that learned from the log is worse, and is not written (${report} has the figures):\n${why}`,
      io,
    );
  }
  writeFileSync(join(parsed.out, 'model.json'), `${JSON.stringify(model)}\n`);
  io.stdout.write(parsed.json ? `${JSON.stringify(report)}\n` : summaryOf(join(parsed.out, 'model.json'), report));
  return exitCodes.done;
}

function refused(error: string, io: Io): number {
  io.stderr.write(`holdfast train: ${error.trimEnd()}\n`);
  return exitCodes.refused;
}

function readShipped<File>(name: string): File {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../../shipped/${name}`, import.meta.url)), 'utf8')) as File;
}

async function learnFrom(
  { data, hours }: OwnLogArguments,
  { seed }: TrainArguments,
  features: FeatureFile,
  progress: (line: string) => void,
): Promise<Result<OwnData, string>> {
  const { factorySocket } = dataFolder(data);
  const ask: AskLog = async (sql) => {
    try {
      const question = { sql, format: 'TabSeparated', write: false };
      const { status, text } = await askFactory(factorySocket, 'POST', '/query', question);
      return status === 200 ? ok(text) : err(errorOf(text).trim());
    } catch (error) {
      return err(
        `no factory answers at ${factorySocket} (${(error as Error).message}); is 'holdfast up' running there?`,
      );
    }
  };
  const toS = Math.floor(systemClock.wallMs() / 1_000);
  const names = features.features.map(({ name }) => name);
  const log = await readOwnLog(ask, names, { fromS: Math.floor(toS - hours * 3_600), toS }, seed, progress);
  if (!log.ok) return log;
  const rows = ownRows(log.value, compileFeatures(features));
  progress(`${log.value.requests} requests in the log; clients: ${clientsText(rows.clients)}`);
  const missing = lackOf(rows);
  return missing === undefined ? ok({ rows, shipped: readShipped<ModelFile>('model.json') }) : err(missing);
}

function clientsText(clients: OwnRows['clients']): string {
  return Object.entries(clients)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}

function summaryOf(path: string, { fresh, ownLog }: TrainingReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const { auc, peopleBelow30, botsAtLeast30 } = fresh;
  const made = `${path}: AUC ${auc.toFixed(4)}, people below 30 ${percent(peopleBelow30)}, bots at 30 and above ${percent(botsAtLeast30)}\n`;
  if (ownLog === null) return made;
  const { people, programs, shipped, own } = ownLog.evaluation;
  const line = (name: string, { auc, peopleBelow30, programsBelow30 }: Verdicts) =>
    `  ${name.padEnd(9)} people below 30 ${percent(peopleBelow30)}, programs below 30 ${percent(programsBelow30)}, AUC ${auc.toFixed(4)}\n`;
  const what = `of the log, kept back: ${people} requests of people, ${programs} of programs, by the model alone\n`;
  return `${made}${what}${line('shipped', shipped)}${line('this one', own)}`;
}

interface TrainArguments {
  readonly seed: number;
  readonly sessions: number;
  readonly trees: number;
  readonly heldOuts: boolean;
  readonly out: string;
  readonly json: boolean;
  readonly log: OwnLogArguments | null;
}

interface OwnLogArguments {
  /** Data folder of the Holdfast whose log it is. */
  readonly data: string;
  readonly hours: number;
}

function trainOptions(values: Values): TrainArguments | string {
  const numbers = { seed: Number(values.seed), sessions: Number(values.sessions), trees: Number(values.trees) };
  for (const [name, value] of Object.entries(numbers)) {
    const min = name === 'seed' ? 0 : 1;
    const max = { seed: 0xffff_ffff, sessions: 20_000, trees: 300 }[name] ?? 0;
    if (!Number.isInteger(value) || value < min || value > max)
      return `--${name} is a whole number from ${min} to ${max}`;
  }
  const isOwn = values['own-log'] === true;
  if (!isOwn && values.hours !== undefined) return '--hours are those of --own-log';
  const hours = Number(values.hours ?? 24);
  if (!(hours > 0 && hours <= 24 * 90)) return '--hours is a number above 0, up to 2160';
  const log = isOwn ? { data: values.data as string, hours } : null;
  const shipped = fileURLToPath(new URL('../../../shipped', import.meta.url));
  return {
    ...numbers,
    heldOuts: values.quick !== true,
    out: resolve((values.out as string | undefined) ?? (log === null ? shipped : 'own-model')),
    json: values.json === true,
    log,
  };
}
