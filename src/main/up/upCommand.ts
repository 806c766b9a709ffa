import { relative } from 'node:path';
import { exitCodes, type Io } from '../../cli/terminal/io.ts';
import type { Asked } from '../../cli/terminal/verb.ts';
import { upOptions } from '../../cli/upOptions.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { version } from '../processes/version.ts';
import { ordinaryEntries, type RunningUp, startUp } from './up.ts';
import { hasLastGood } from './upFolder.ts';

const launcherCheckMs = 1_000;

/** `holdfast up`: runs until it is told to end. Exit 0 after Ctrl-C or SIGTERM, 1 when it could not start, 2 for wrong flags. */
export async function upCommand({ values, wrong }: Asked, io: Io): Promise<number> {
  const options = upOptions(values);
  if (!options.ok) return wrong(options.error);
  process.title = 'holdfast: up';
  process.umask(0o077); // Logs, bundles and visitors' addresses are nobody else's to read.
  const asked = askedToStop();
  const isFirstStart = !hasLastGood(dataFolder(options.value.data));
  const abandon = new AbortController();
  void asked.then(() => abandon.abort());
  const up = await startUp(options.value, {
    entries: ordinaryEntries,
    onLine: (line) => tell(io, line, isFirstStart),
    signal: abandon.signal,
  });
  if (!up.ok) {
    io.stderr.write(`holdfast up: ${up.error}\n`);
    return exitCodes.refused;
  }
  io.stdout.write(overview(up.value));
  process.on('SIGHUP', () => {
    const reloaded = up.value.reload();
    if (!reloaded.ok) io.stderr.write(`holdfast up: the configuration stays as it is:\n${reloaded.error}\n`);
  });
  process.on('SIGUSR2', () => up.value.processes.edge.signal('SIGUSR2'));
  const why = await asked;
  io.stderr.write(`\nholdfast: ${why}; ending\n`);
  await up.value.stop();
  return exitCodes.done;
}

/** Resolves with the reason when somebody wants it to end. */
function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve('interrupted'));
    process.on('SIGTERM', () => resolve('told to terminate'));
    // A launcher that stayed passes signals on; killed outright it cannot, and nobody would be left to end us.
    const launcher = process.ppid;
    if (process.env.HOLDFAST_LAUNCHER !== String(launcher)) return;
    setInterval(() => {
      if (process.ppid !== launcher) resolve('the process that started it is gone');
    }, launcherCheckMs).unref();
  });
}

function overview(up: RunningUp): string {
  const data = relative(process.cwd(), up.folder.root) || '.';
  const dataFlag = data === '.holdfast' ? '' : ` --data ${data}`;
  return `Holdfast ${version()} runs; its data is in ${data}

  edge      ${up.edgeUrl}   ${up.workers} worker${up.workers === 1 ? '' : 's'}, every request scored${up.demo ? ', nothing refused' : ''}
${up.lacks === null ? controlLines(up, data) : `  control   not running: the disk refuses (${up.lacks})\n`}  origin    ${up.originUrl || 'as the configuration says'}${up.demo ? '   the demo site' : ''}
  log       ${data}/holdfast.log

Three things to try:
  curl -s ${up.edgeUrl}/.holdfast/trace      how this request is scored; then open it in a browser
  npx holdfast features status${dataFlag}      the feature file in force, and what was refused
  npx holdfast kill bots${dataFlag}            scores off everywhere within a second; 'unkill bots' brings them back

Ctrl-C ends all of it.
`;
}

function controlLines(up: RunningUp, data: string): string {
  const engine = up.clickhouseUrl === null ? 'ClickHouse embedded' : 'a ClickHouse server';
  return `  control   ${up.controlUrl}   its token is in ${data}/control/token
  factory   ${engine}, a feature file every ${up.factoryEveryS} s
`;
}

/** People see what wants attention and what came into force; the rest is in the log file. */
function tell(io: Io, line: string, isFirstStart: boolean): void {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    io.stderr.write(`${line}\n`);
    return;
  }
  const worthTelling = entry.level === 'warn' || entry.level === 'error' || entry.event === 'bundle';
  // At the first start there is no last good, and the edge is about to get one.
  if (!worthTelling || (isFirstStart && entry.event === 'last-good-lacks')) return;
  const { at, level, process: from, event, message, ...fields } = entry;
  const details = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const time = String(at).slice(11, 19);
  const text = [message, ...details]
    .filter((part) => part !== undefined)
    .join(' ')
    .slice(0, 600);
  io.stderr.write(`${time} ${level} ${from}: ${event} ${text}\n`);
}
