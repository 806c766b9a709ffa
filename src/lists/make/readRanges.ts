import { err, ok, type Result } from '../../kernel/result.ts';
import { type Interval, intervalOfNetwork } from './intervals.ts';
import { makeLimits } from './makeLimits.ts';

/**
 * The networks of a file of ranges: every text in a JSON document that is one, or the first field of every line (plain lists, RFC
 * 8805 geofeeds; `#` begins a comment). A line that is no network is an error, which names it: a list that is half read lies.
 */
export function readRanges(text: string): Result<readonly Interval[], string> {
  return /^\s*[[{]/.test(text) ? rangesOfJson(text) : rangesOfLines(text);
}

function rangesOfLines(text: string): Result<readonly Interval[], string> {
  const ranges: Interval[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const field = line.split('#', 1)[0]!.split(/[,;\s]/, 1)[0]!;
    if (field === '') continue;
    const interval = intervalOfNetwork(field);
    if (interval === undefined) return err(`line ${index + 1} is no network: ${line.slice(0, 80)}`);
    if (ranges.push(interval) > makeLimits.rangesMax) return err(`more than ${makeLimits.rangesMax} networks`);
  }
  return ranges.length === 0 ? err('no networks in it') : ok(ranges);
}

const likeNetwork = /^\s*(?:\d+\.[\d.]+|[\da-f]*:[\da-f:.]*)\/\d+\s*$/i;

/** What operators write around their networks (names, dates, regions) differs, so every other text is passed over. */
function rangesOfJson(text: string): Result<readonly Interval[], string> {
  const open: unknown[] = [];
  try {
    open.push(JSON.parse(text));
  } catch (error) {
    return err(`it is no JSON: ${(error as Error).message}`);
  }
  const ranges: Interval[] = [];
  while (open.length > 0) {
    const value = open.pop();
    const interval = typeof value === 'string' ? intervalOfNetwork(value) : undefined;
    if (interval !== undefined) {
      if (ranges.push(interval) > makeLimits.rangesMax) return err(`more than ${makeLimits.rangesMax} networks`);
    } else if (typeof value === 'string' && likeNetwork.test(value)) {
      return err(`it has a text that is no network: ${value.slice(0, 80)}`);
    } else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) open.push(inner);
  }
  return ranges.length === 0 ? err('no networks in it') : ok(ranges);
}
