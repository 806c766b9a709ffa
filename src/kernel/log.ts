/** Fields of a log line; values are what JSON can say. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Operational log of a process (never one line per request). `event` is a stable kebab-case word. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A log that nobody reads any more (a closed terminal, a restarted journal) costs lines, never the process. */
function quietWhenUnread(): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
}

/** One JSON line per event on standard error, which `holdfast up` collects and a service manager stores. */
export function lineLogger(
  process_: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Logger {
  quietWhenUnread();
  const log =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      write(`${JSON.stringify({ at: new Date().toISOString(), level, process: process_, event, ...fields })}\n`);
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
