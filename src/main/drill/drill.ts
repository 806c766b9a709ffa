import { drillOptions } from '../../cli/drillOptions.ts';
import { exitCodes, type Io } from '../../cli/terminal/io.ts';
import type { Asked } from '../../cli/terminal/verb.ts';
import { type DrillReport, november18, readDrillSessions } from '../../drills/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { seededRandom } from '../../kernel/random.ts';
import { siblingEntry } from '../../kernel/siblingEntry.ts';
import { ordinaryEntries } from '../up/up.ts';
import { openStage } from './drillStage.ts';
import { unprotectedEntries } from './unprotectedEntries.ts';

/** Enough to pass 20,000 requests within a minute or so, and little enough that the drill's own process is no bottleneck. */
const requestsPerS = 400;
/** What shells say of a command that was interrupted. */
const interrupted = 130;

/** `holdfast drill run …`: exit 0 when everything held, 1 when not, 2 for a wrong command line. */
export async function drillCommand({ values, wrong }: Asked, io: Io): Promise<number> {
  const options = drillOptions(values);
  if (!options.ok) return wrong(options.error);
  const { json, verbose, requests, everyS, unprotected } = options.value;
  const progress = json ? io.stderr : io.stdout;
  const reports: DrillReport[] = [];
  for (const which of unprotected) {
    const tell = (line: string) => progress.write(`${line}\n`);
    try {
      reports.push(await runOnce(which, { requests, everyS }, tell, (line) => verbose && io.stderr.write(`${line}\n`)));
    } catch (error) {
      io.stderr.write(`holdfast drill: ${(error as Error).message}\n`);
      return exitCodes.refused;
    }
  }
  if (json) io.stdout.write(`${JSON.stringify(reports.length === 1 ? reports[0] : together(reports), null, 2)}\n`);
  return reports.every((report) => report.verdict === 'held') ? exitCodes.done : exitCodes.refused;
}

async function runOnce(
  which: DrillReport['unprotected'],
  { requests, everyS }: { readonly requests: number; readonly everyS: number },
  tell: (line: string) => void,
  onLine: (line: string) => void,
): Promise<DrillReport> {
  tell(which === 'none' ? 'drill 2025-11-18' : `drill 2025-11-18, unprotected: the ${which} proxy of that day`);
  tell('         starting edge, control, factory and ClickHouse');
  const drillFactory = siblingEntry(import.meta.url, './drillFactory');
  const entries = which === 'none' ? { ...ordinaryEntries, factory: drillFactory } : unprotectedEntries(which);
  // Ctrl-C comes twice, from the terminal and from the launcher. Whoever loses patience finds no processes and no folder left behind.
  const patience = new AbortController();
  const giveUp = () => patience.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, giveUp);
  const stage = await openStage(which, entries, everyS, onLine, patience.signal);
  patience.signal.addEventListener('abort', () => void stage.close().finally(() => process.exit(interrupted)));
  try {
    const report = await november18({
      stage,
      sessions: readDrillSessions(),
      goodFile: stage.goodFile,
      goodVersion: stage.goodVersion,
      requestsMin: requests,
      requestsPerS,
      clock: systemClock,
      random: seededRandom(20_251_118),
      tell,
    });
    const { addresses, status5xx, wrongBlocks, unanswered, verdict } = report;
    tell(
      `${verdict}: ${report.requests} requests from ${addresses} addresses, ${status5xx} × 5xx, ${unanswered} unanswered, ` +
        `${wrongBlocks} people refused`,
    );
    return report;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, giveUp);
    await stage.close();
  }
}

/** Both proxies of that day in one answer. */
function together(reports: readonly DrillReport[]) {
  const sum = (pick: (report: DrillReport) => number) => reports.reduce((total, report) => total + pick(report), 0);
  return {
    drill: '2025-11-18',
    unprotected: 'both',
    requests: sum((report) => report.requests),
    status5xx: sum((report) => report.status5xx),
    wrongBlocks: sum((report) => report.wrongBlocks),
    unanswered: sum((report) => report.unanswered),
    refusedAfterMs: null,
    reasons: reports.flatMap((report) => report.reasons),
    phases: reports.flatMap((report) => report.phases.map((phase) => ({ proxy: report.unprotected, ...phase }))),
    verdict: reports.every((report) => report.verdict === 'held') ? 'held' : 'broken',
    runs: reports,
  };
}
