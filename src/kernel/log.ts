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

/** Writes a line; tells whether it went anywhere. */
export type WriteLine = (line: string, done: (error?: Error | null) => void) => void;

/**
 * One JSON line per event on standard error, which `holdfast up` collects and a service manager stores. Lines that went
 * nowhere (a full disk) are counted, and the next one that goes through says how many: `linesLost`.
 */
export function lineLogger(
  process_: string,
  write: WriteLine = (line, done) => process.stderr.write(line, done),
): Logger {
  quietWhenUnread();
  let linesLost = 0;
  const log =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      const told = linesLost;
      linesLost = 0;
      const entry = { at: new Date().toISOString(), level, process: process_, event, ...fields };
      write(`${JSON.stringify(told === 0 ? entry : { ...entry, linesLost: told })}\n`, (error) => {
        if (error) linesLost += told + 1;
      });
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
