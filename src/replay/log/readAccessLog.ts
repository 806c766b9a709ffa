import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type CombinedLine, type LineFault, parseCombinedLine } from './combinedLine.ts';
import { replayLimits } from './limits.ts';

/** A log that was read: its lines in the order of their time. */
export interface AccessLog {
  readonly lines: readonly CombinedLine[];
  readonly linesRead: number;
  /** Lines that were left out, by reason. */
  readonly faults: Readonly<Partial<Record<LineFault, number>>>;
  /** Lines behind the bound of `replayLimits.linesMax`. */
  readonly behindBound: number;
}

/** Reads a file. A server writes a line when a request ends, so the lines are put in the order of their time. */
export async function readAccessLog(path: string): Promise<Result<AccessLog, string>> {
  const lines: CombinedLine[] = [];
  const faults: Partial<Record<LineFault, number>> = {};
  let linesRead = 0;
  let behindBound = 0;
  try {
    const input = createReadStream(path);
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text === '') continue;
      linesRead += 1;
      if (lines.length >= replayLimits.linesMax) {
        behindBound += 1;
        continue;
      }
      const line = parseCombinedLine(text);
      if (line.ok) lines.push(line.value);
      else faults[line.error] = (faults[line.error] ?? 0) + 1;
    }
  } catch (error) {
    return err(`${path} cannot be read: ${(error as Error).message}`);
  }
  // Sorting is stable: lines of the same second keep their order.
  lines.sort((one, other) => one.atMs - other.atMs);
  return ok({ lines, linesRead, faults, behindBound });
}
