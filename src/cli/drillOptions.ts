import { err, ok, type Result } from '../kernel/result.ts';
import type { Flags, Values } from './terminal/verb.ts';

export interface DrillOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly unprotected: readonly ('none' | 'new' | 'old')[];
  readonly requests: number;
  readonly everyS: number;
}

/** Long enough that a cycle on a busy machine fits in, short enough to watch. */
const everySDefault = 5;

export const drillFlags: Flags = {
  json: { says: 'the report as JSON on standard output; progress goes to standard error' },
  unprotected: {
    takes: 'new|old|both',
    alone: 'both',
    says:
      'validator, guard and last good taken out, as the proxies of that day were; both: one after the other. ' +
      'Exit code 1, as it should be',
  },
  requests: { takes: 'N', byDefault: '20000', says: 'at least so many requests' },
  every: { takes: 'S', byDefault: String(everySDefault), says: 'seconds between two feature files' },
  verbose: { says: "the processes' own log lines, too" },
};

/** The error is a sentence. */
export function drillOptions(values: Values): Result<DrillOptions, string> {
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 1) return err('--requests wants a whole number');
  const everyS = Number(values.every);
  if (!Number.isInteger(everyS) || everyS < 1 || everyS > 60) return err('--every wants whole seconds, 1 to 60');
  const common = { json: values.json === true, verbose: values.verbose === true, requests, everyS };
  switch (values.unprotected) {
    case undefined:
      return ok({ ...common, unprotected: ['none'] });
    case 'both':
      return ok({ ...common, unprotected: ['new', 'old'] });
    case 'new':
    case 'old':
      return ok({ ...common, unprotected: [values.unprotected] });
    default:
      return err('--unprotected wants new, old or both');
  }
}
