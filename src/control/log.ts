import { pino } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';

/** Control's log: one JSON line per event on standard error, the same fields as the other processes write. */
export function controlLogger(clock: Clock): Logger {
  const options = {
    base: { process: 'control' },
    messageKey: 'event',
    timestamp: () => `,"at":"${new Date(clock.wallMs()).toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
  };
  // Synchronous: control writes a few lines an hour, and the last ones before an end matter most.
  const log = pino(options, pino.destination({ dest: 2, sync: true }));
  return {
    info: (event, fields = {}) => log.info(fields, event),
    warn: (event, fields = {}) => log.warn(fields, event),
    error: (event, fields = {}) => log.error(fields, event),
  };
}
