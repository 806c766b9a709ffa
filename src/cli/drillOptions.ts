import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../kernel/result.ts';

export const drillUsage = `usage: holdfast drill run 2025-11-18 [options]

Plays the outage of 18 November 2025 against real processes in a folder of their own: ClickHouse with real users and
grants, a signed feature file, an edge with two workers, people and bots from addresses of 127.0.0.0/8.
Exit code 0 only when everything held.

  --json              the report as JSON on standard output; progress goes to standard error
  --unprotected [new|old|both]  validator, guard and last good taken out, as the proxies of that day were
                      (default: both, one after the other). Exit code 1, as it should be
  --requests N        at least so many requests (default 20000)
  --every S           seconds between two feature files (default 5)
  --verbose           the processes' own log lines, too
`;

export interface DrillOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly unprotected: readonly ('none' | 'new' | 'old')[];
  readonly requests: number;
  readonly everyS: number;
}

export const requestsDefault = 20_000;
/** Long enough that a cycle on a busy machine fits in, short enough to watch. */
const everySDefault = 5;

/** Reads what stands behind `holdfast drill`. The error is a sentence. */
export function parseDrillOptions(args: readonly string[]): Result<DrillOptions, string> {
  try {
    const { values, positionals } = parseArgs({
      args: withWhich(args),
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        unprotected: { type: 'string' },
        requests: { type: 'string', default: String(requestsDefault) },
        every: { type: 'string', default: String(everySDefault) },
      },
    });
    const [verb, drill, ...rest] = positionals;
    if (verb !== 'run' || rest.length > 0) return err("'holdfast drill run 2025-11-18' is what there is");
    if (drill !== '2025-11-18') return err(`there is no drill ${drill ?? '(none named)'}; there is 2025-11-18`);
    const requests = Number(values.requests);
    if (!Number.isInteger(requests) || requests < 1) return err('--requests wants a whole number');
    const everyS = Number(values.every);
    if (!Number.isInteger(everyS) || everyS < 1 || everyS > 60) return err('--every wants whole seconds, 1 to 60');
    const common = { json: values.json, verbose: values.verbose, requests, everyS };
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
  } catch (error) {
    return err((error as Error).message);
  }
}

/** `--unprotected` may stand alone and then means both. */
function withWhich(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const isBare = arg === '--unprotected' && !/^(new|old|both)$/.test(args[index + 1] ?? '');
    return isBare ? '--unprotected=both' : arg;
  });
}
