import { canonicalAddress } from '../../address/index.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { replayLimits } from './limits.ts';

/** One request as a log in Apache's combined format tells it; `null` where the log has `-`. */
export interface CombinedLine {
  readonly atMs: number;
  readonly clientAddress: string;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2';
  readonly status: number;
  readonly referer: string | null;
  readonly userAgent: string | null;
}

/** Why a line is left out. Closed list, also in the JSON. */
export const lineFaults = ['too-long', 'not-combined', 'bad-address', 'bad-time', 'bad-request'] as const;
export type LineFault = (typeof lineFaults)[number];

/*
 * %h %l %u [%t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i" (Apache httpd, mod_log_config), and nothing behind it. Quotes
 * and control characters within a field come escaped with a backslash. Every part ends at a character that it cannot hold,
 * so the time is linear in the line.
 */
const combined =
  /^(\S+) \S+ [^[\s]+ \[([^\]]{20,40})\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;
const requestLine = /^([A-Z]{1,20}) (\S+) HTTP\/(1\.0|1\.1|2(?:\.0)?)$/;
const stamp = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Reads one line, strictly: what is not exactly a line of the format is a fault, never guessed at. */
export function parseCombinedLine(line: string): Result<CombinedLine, LineFault> {
  if (line.length > replayLimits.lineBytesMax) return err('too-long');
  const match = combined.exec(line);
  if (match === null) return err('not-combined');
  // A server that resolves names logs those; a name has no network to be looked up in.
  const clientAddress = canonicalAddress(match[1]!);
  if (clientAddress === undefined) return err('bad-address');
  const atMs = timeOf(match[2]!);
  if (atMs === undefined) return err('bad-time');
  const request = requestLine.exec(match[3]!);
  if (request === null) return err('bad-request');
  return ok({
    atMs,
    clientAddress,
    method: request[1]!,
    target: unescaped(request[2]!),
    version: request[3]!.startsWith('2') ? '2' : (request[3] as '1.0' | '1.1'),
    status: Number(match[4]),
    referer: fieldOf(match[5]!),
    userAgent: fieldOf(match[6]!),
  });
}

function timeOf(text: string): number | undefined {
  const match = stamp.exec(text);
  if (match === null) return undefined;
  const [day, year, hour, minute, second] = [match[1], match[3], match[4], match[5], match[6]].map(Number) as number[];
  const month = months.indexOf(match[2]!);
  const localMs = Date.UTC(year!, month, day, hour, minute, second);
  // Date.UTC turns the 31st of June into the 1st of July: then it is not what was written.
  const isReal = month !== -1 && new Date(localMs).getUTCDate() === day && hour! < 24 && minute! < 60 && second! < 61;
  if (!isReal) return undefined;
  const offsetMs = (Number(match[8]) * 60 + Number(match[9])) * 60_000;
  return localMs - (match[7] === '-' ? -offsetMs : offsetMs);
}

function fieldOf(text: string): string | null {
  return text === '-' || text === '' ? null : unescaped(text);
}

/** Takes Apache's `\"` and `\\` back; control characters (`\x0a`, `\n`) stay as they are written: no header holds them. */
function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}
