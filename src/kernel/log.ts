import { logLimits } from './limits.ts';

/** Fields of a log line; values are what JSON can say. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Operational log of a process (never one line per request). `event` is a stable kebab-case word. No call throws. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogLevel = keyof Logger;

/** Writes a line; tells whether it went anywhere. */
export type WriteLine = (line: string, done: (error?: Error | null) => void) => void;

/**
 * One JSON line per event on standard error, which `holdfast up` collects and a service manager stores. A log that nobody
 * reads (a full disk, a stopped journal, a closed terminal) costs lines, never the process or its memory: what went nowhere
 * is counted, and the next line that goes through says how many: `linesLost`.
 */
export function lineLogger(process_: string, write: WriteLine = toStandardError()): Logger {
  let linesLost = 0;
  const log =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      const told = linesLost;
      linesLost = 0;
      const line = logLine(process_, level, event, told === 0 ? fields : { ...fields, linesLost: told });
      const done = (error?: Error | null) => {
        if (error) linesLost += told + 1;
      };
      try {
        write(`${line}\n`, done);
      } catch (error) {
        done(error as Error);
      }
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

/** The line itself, without its end: bounded, whatever its fields are. */
export function logLine(process_: string, level: LogLevel, event: string, fields: LogFields): string {
  const entry = { at: new Date().toISOString(), level, process: process_, event };
  let line: string;
  try {
    line = JSON.stringify({ ...entry, ...fields });
  } catch (error) {
    return JSON.stringify({ ...entry, unwritable: (error as Error).message.slice(0, logLimits.beginningCharsMax) });
  }
  if (line.length <= logLimits.lineCharsMax) return line;
  return JSON.stringify({ ...entry, chars: line.length, begins: line.slice(0, logLimits.beginningCharsMax) });
}

function toStandardError(): WriteLine {
  const { stderr } = process;
  if (stderr.listenerCount('error') === 0) stderr.on('error', () => {});
  return (line, done) => {
    // A pipe that nobody empties takes what is written into memory, without end.
    if (stderr.writableLength > logLimits.backlogBytesMax) done(new Error('nobody reads the log'));
    else stderr.write(line, done);
  };
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
