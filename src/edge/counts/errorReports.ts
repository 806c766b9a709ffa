import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';

/** What reporting may cost, however many errors there are. */
export const reportLimits = {
  /** Different (area, message head) pairs remembered; a new one takes the place of the one that is longest quiet. */
  groupsMax: 64,
  /** Lines of all groups: as many at once as there are groups, and then so many a second, however new each message is. */
  linesPerSecondMax: 6,
  messageCharsMax: 100,
  /** Each group is logged at most once in this time, with the count since. */
  logEveryMs: 10_000,
  /** Errors a second that are looked at; those above are only counted. About 1 µs each: 0.1 ms a second. */
  examinedPerSecondMax: 100,
} as const;

interface Group {
  readonly area: string;
  readonly message: string;
  total: number;
  unlogged: number;
  nextLogMs: number;
  /** First line of our own code in the stack, when one was there. */
  readonly where: string;
}

/**
 * Errors, grouped by area and the head of their code or message, in a table of fixed size, logged rarely with counts.
 * On 2025-11-18 error enrichment ate the CPU of the machines that were in trouble; this cannot.
 */
export class ErrorReports {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups = new Map<string, Group>();
  #second = -1;
  #examined = 0;
  /** Errors that no line tells of but this count. */
  #unexamined = 0;
  /** Lines that may be written now. */
  #lines: number = reportLimits.groupsMax;
  #linesAtMs = 0;
  #total = 0;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  get total(): number {
    return this.#total;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  add(area: string, error: unknown): void {
    this.#total += 1;
    const nowMs = this.#clock.monotonicMs();
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#examined = 0;
    }
    if (this.#examined >= reportLimits.examinedPerSecondMax) {
      this.#unexamined += 1;
      return;
    }
    this.#examined += 1;
    const group = this.#groupOf(area, error);
    group.total += 1;
    group.unlogged += 1;
    if (nowMs >= group.nextLogMs && this.#mayLog(nowMs)) this.#log(group, nowMs);
  }

  #groupOf(area: string, error: unknown): Group {
    const message = headOf(error);
    const key = `${area} ${message}`;
    const known = this.#groups.get(key);
    if (known !== undefined) {
      // Behind all others again: the first in the map is the one that did not occur for longest.
      this.#groups.delete(key);
      this.#groups.set(key, known);
      return known;
    }
    if (this.#groups.size >= reportLimits.groupsMax) this.#evictOldest();
    const group = { area, message, total: 0, unlogged: 0, nextLogMs: 0, where: whereOf(error) };
    this.#groups.set(key, group);
    return group;
  }

  /** The one that did not occur for longest; what no line told of it goes on counting. */
  #evictOldest(): void {
    const [oldest] = this.#groups;
    if (oldest === undefined) return;
    this.#groups.delete(oldest[0]);
    this.#unexamined += oldest[1].unlogged;
  }

  #mayLog(nowMs: number): boolean {
    const earned = ((nowMs - this.#linesAtMs) / 1_000) * reportLimits.linesPerSecondMax;
    this.#lines = Math.min(reportLimits.groupsMax, this.#lines + earned);
    this.#linesAtMs = nowMs;
    if (this.#lines < 1) return false;
    this.#lines -= 1;
    return true;
  }

  #log(group: Group, nowMs: number): void {
    this.#logger.error('errors', {
      area: group.area,
      message: group.message,
      count: group.unlogged,
      total: group.total,
      unexamined: this.#unexamined,
      where: group.where,
    });
    group.unlogged = 0;
    group.nextLogMs = nowMs + reportLimits.logEveryMs;
  }
}

/** Digits are dropped, so that one fault with changing numbers stays one group. */
function headOf(error: unknown): string {
  if (typeof error === 'string') return withoutDigits(error);
  if (!(error instanceof Error)) return 'something that is not an error was thrown';
  const { code } = error as NodeJS.ErrnoException;
  const text = typeof code === 'string' ? `${code} ${error.message}` : `${error.name}: ${error.message}`;
  return withoutDigits(text);
}

function withoutDigits(text: string): string {
  return text.slice(0, reportLimits.messageCharsMax).replace(/\d+/g, '#');
}

function whereOf(error: unknown): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack.slice(0, 2_000) : '';
  return /\n\s+at (.{1,200})/.exec(stack)?.[1] ?? '';
}
