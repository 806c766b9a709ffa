import type { LineLoss } from '../../contract/metrics/labelValues.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { sleep } from '../../kernel/sleep.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import type { AccessFile } from './accessFile.ts';
import { type AccessRecord, accessLine } from './accessLine.ts';
import { accessLimits } from './limits.ts';

export interface AccessLogPorts {
  readonly identity: EdgeIdentity;
  readonly file: Pick<AccessFile, 'path' | 'append'>;
  readonly clock: TimerClock;
  readonly logger: Logger;
  readonly reports: ErrorReports;
}

/**
 * The access log of a worker: one JSON line per request, written in batches. Fails open: with a disk that is full, slow or
 * gone, lines wait up to a bound, and those above it are counted by reason; no request ever waits. It goes on by itself when
 * there is room again.
 */
export class AccessLog {
  readonly #ports: AccessLogPorts;
  readonly #lost: Record<LineLoss, number> = { slow: 0, 'disk-full': 0, 'not-writable': 0, stopped: 0 };
  readonly #timer: Timer;
  #lines = '';
  #lineCount = 0;
  /** What the last write left over, whole lines. */
  #rest: Buffer = empty;
  #isWriting = false;
  /** Why nothing can be written at present. */
  #trouble: LineLoss | undefined;
  #retryTimer: Timer | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #lostBefore = 0;

  constructor(ports: AccessLogPorts) {
    this.#ports = ports;
    this.#timer = ports.clock.every(accessLimits.batchMs, () => this.#write(), 'lets-go');
  }

  /** Lines lost since the start, by reason. */
  get lost(): Readonly<Record<LineLoss, number>> {
    return this.#lost;
  }

  /** Neither waits nor throws. */
  add(record: AccessRecord): void {
    if (this.#lines.length + this.#rest.length >= accessLimits.queueBytesMax) {
      this.#lost[this.#trouble ?? 'slow'] += 1;
      return;
    }
    this.#lines += accessLine(this.#ports.identity, record);
    this.#lineCount += 1;
    if (this.#lines.length >= accessLimits.batchBytes) this.#write();
  }

  /** Writes what is left, as far as that works within `timeoutMs`; the rest is lost as `stopped`. */
  async close(timeoutMs: number): Promise<void> {
    this.#timer.cancel();
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    const deadlineMs = this.#ports.clock.monotonicMs() + timeoutMs;
    this.#write();
    while (this.#isWriting && this.#ports.clock.monotonicMs() < deadlineMs) {
      await sleep(this.#ports.clock, closeLookMs);
      if (!this.#isWriting && this.#trouble === undefined) this.#write();
    }
    this.#lost.stopped += this.#lineCount + countLines(this.#rest);
    this.#lines = '';
    this.#lineCount = 0;
    this.#rest = empty;
  }

  #write(): void {
    if (this.#isWriting || this.#retryTimer !== undefined) return;
    const isRest = this.#rest.length > 0;
    const bytes = isRest ? this.#rest : Buffer.from(this.#lines);
    if (bytes.length === 0) return;
    if (!isRest) {
      this.#lines = '';
      this.#lineCount = 0;
    }
    this.#rest = bytes;
    this.#isWriting = true;
    void this.#ports.file.append(bytes).then(({ bytes: written, error }) => {
      this.#isWriting = false;
      this.#rest = written >= bytes.length ? empty : unwrittenLines(bytes, written);
      if (error === null) this.#succeeded();
      else this.#failed(error);
    });
  }

  #succeeded(): void {
    const hadTrouble = this.#trouble !== undefined && this.#trouble !== 'slow';
    this.#trouble = undefined;
    if (hadTrouble) this.#tellEnd();
    if (this.#lines.length >= accessLimits.batchBytes) this.#write();
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { clock, file, reports } = this.#ports;
    this.#trouble = lossOf(error.code);
    const isSlow = this.#trouble === 'slow';
    if (!isSlow) this.#rest = onItsOwnLine(this.#rest);
    // Grouped and rare, however long it lasts.
    if (!isSlow) reports.add('access-log', new Error(`${file.path} takes no lines: ${error.message}`));
    const retry = () => {
      this.#retryTimer = undefined;
      this.#write();
    };
    this.#retryTimer = clock.after(isSlow ? accessLimits.pipeRetryMs : accessLimits.retryMs, retry, 'lets-go');
  }

  /** A disk that is full every other moment makes no more lines than one that stays full. */
  #tellEnd(): void {
    const { clock, file, logger } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#toldAtMs + accessLimits.tellEveryMs) return;
    this.#toldAtMs = nowMs;
    const lost = Object.values(this.#lost).reduce((sum, count) => sum + count, 0);
    logger.info('access-log-goes-on', { path: file.path, linesLost: lost - this.#lostBefore });
    this.#lostBefore = lost;
  }
}

const empty = Buffer.alloc(0);
const newLine = 0x0a;
const closeLookMs = 5;

function lossOf(code: string | undefined): LineLoss {
  if (code === 'EAGAIN') return 'slow';
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? 'disk-full' : 'not-writable';
}

/**
 * Behind what was written. A line that went in half is written whole again, on a line of its own, since another worker may
 * have written meanwhile.
 */
function unwrittenLines(bytes: Buffer, written: number): Buffer {
  // Only its end is missing.
  if (written === 0 || bytes[written - 1] === newLine || bytes[written] === newLine) return bytes.subarray(written);
  return onItsOwnLine(bytes.subarray(bytes.lastIndexOf(newLine, written - 1) + 1));
}

/** What failed for this worker may have cut a line of another one, at whose torn end the next one would be lost. */
function onItsOwnLine(lines: Buffer): Buffer {
  return lines.length === 0 || lines[0] === newLine ? lines : Buffer.concat([Buffer.from('\n'), lines]);
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  // An empty line is the end of a torn one.
  for (let at = bytes.indexOf(newLine); at !== -1; at = bytes.indexOf(newLine, at + 1)) if (at > 0) lines += 1;
  return lines;
}
