import { isAbsolute } from 'node:path';
import type { BotOperator, OperatorEvidence } from '../../contract/verifiedBots.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import type { Disk } from '../../kernel/disk.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Result } from '../../kernel/result.ts';
import { directoryPath, readKeyDirectory, readPublishedRanges, verifiedLimits } from '../../verified/index.ts';
import { type KeptEvidence, nothingKept, readKept, writeKept } from './evidenceFile.ts';
import { verifyLimits } from './limits.ts';

/** GETs what the configuration names; throws an Error with a sentence. */
export type FetchDocument = (url: string, bytesMax: number, stop: AbortSignal) => Promise<Uint8Array>;

export interface BotEvidencePorts {
  readonly operators: readonly BotOperator[];
  /** Operators that are fetched at the start where nothing is kept of them; the others have time. */
  readonly urgent: ReadonlySet<string>;
  /** Where the last good evidence lies. */
  readonly folder: string;
  /** undefined: nothing is fetched. */
  readonly fetch: FetchDocument | undefined;
  readonly disk: Disk;
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** To all workers. */
  tell(evidence: OperatorEvidence): void;
}

interface Source {
  readonly operator: BotOperator;
  kept: KeptEvidence;
  /** What the workers were told. */
  told: string;
  dueMs: number;
  retryMs: number;
}

/**
 * Published ranges and key directories of the configured operators: fetched ahead, never because a request asks for it;
 * kept on the disk, refreshed by itself, and kept on when its source is gone or sends what cannot be right.
 */
export class BotEvidence {
  readonly #ports: BotEvidencePorts;
  readonly #sources: readonly Source[];
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #isRefreshing = false;

  constructor(ports: BotEvidencePorts) {
    this.#ports = ports;
    const nowMs = ports.clock.monotonicMs();
    this.#sources = ports.operators.filter(hasSources).map((operator) => {
      const kept = readKept(ports.disk, ports.folder, operator.name);
      const isUrgent = ports.urgent.has(operator.name) && kept === nothingKept;
      const dueMs = nowMs + (isUrgent ? 0 : verifyLimits.firstRefreshMs);
      return { operator, kept, told: '', dueMs, retryMs: verifyLimits.retryMsFirst };
    });
  }

  start(): void {
    void this.refreshDue();
    this.#timer = this.#ports.clock.every(verifyLimits.firstRefreshMs, () => void this.refreshDue());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#stop.abort();
  }

  /** All of it, for a worker that starts. What was never there is left away while it may still come: unknown. */
  all(): readonly OperatorEvidence[] {
    const isComing = ({ kept, retryMs }: Source) =>
      kept.ranges === null &&
      kept.keys.length === 0 &&
      this.#ports.fetch !== undefined &&
      retryMs === verifyLimits.retryMsFirst;
    return this.#sources.filter((source) => !isComing(source)).map((source) => this.#evidenceOf(source));
  }

  /** Fetches what is due, a few at a time. Never rejects. */
  async refreshDue(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    const nowMs = this.#ports.clock.monotonicMs();
    const due = this.#sources.filter(({ dueMs }) => dueMs <= nowMs);
    const next = async (): Promise<void> => {
      for (let source = due.pop(); source !== undefined; source = due.pop()) await this.#refresh(source);
    };
    await Promise.all(Array.from({ length: verifyLimits.fetchesAtOnce }, next));
    // Lists grow old without anything happening.
    for (const source of this.#sources) if (source.told !== '') this.#tell(source);
    this.#isRefreshing = false;
  }

  async #refresh(source: Source): Promise<void> {
    const { clock, disk, folder, logger } = this.#ports;
    const { operator } = source;
    const before = source.kept;
    try {
      source.kept = await this.#fetched(operator, before);
      source.retryMs = verifyLimits.retryMsFirst;
      source.dueMs = clock.monotonicMs() + verifyLimits.refreshMs;
      if (source.kept !== before) writeKept(disk, folder, operator.name, source.kept);
    } catch (error) {
      source.dueMs = clock.monotonicMs() + source.retryMs;
      source.retryMs = Math.min(verifyLimits.refreshMs, source.retryMs * 2);
      if (!this.#stop.signal.aborted) {
        logger.warn('bot-evidence-not-renewed', { operator: operator.name, message: (error as Error).message });
      }
    }
    this.#tell(source);
  }

  async #fetched({ ranges = [], signers = [] }: BotOperator, before: KeptEvidence): Promise<KeptEvidence> {
    const nowMs = this.#ports.clock.wallMs();
    let kept = before;
    // All lists of an operator, or none: half of its addresses would make the other half impostors.
    const lists = await this.#documents(ranges, verifiedLimits.listBytesMax, readPublishedRanges);
    if (lists !== undefined) {
      const all = [...new Set(lists.flat())];
      refuseShrunk(all, before, nowMs);
      kept = { ...kept, ranges: all, rangesAtMs: nowMs };
    }
    const directories = signers.map((signer) => `${signer}${directoryPath}`);
    const keys = await this.#documents(directories, verifiedLimits.directoryBytesMax, readKeyDirectory);
    return keys === undefined ? kept : { ...kept, keys: keys.flat(), keysAtMs: nowMs };
  }

  /** undefined: there is nothing to read, or nothing may be fetched. */
  async #documents<T>(
    places: readonly string[],
    bytesMax: number,
    read: (bytes: Uint8Array) => Result<T, string>,
  ): Promise<T[] | undefined> {
    const { disk, fetch } = this.#ports;
    if (places.length === 0 || (fetch === undefined && !places.every(isAbsolute))) return undefined;
    const documents: T[] = [];
    for (const place of places) {
      const bytes = isAbsolute(place) ? disk.read(place, bytesMax) : await fetch!(place, bytesMax, this.#stop.signal);
      const document = read(bytes);
      if (!document.ok) throw new Error(`${place}: ${document.error}`);
      documents.push(document.value);
    }
    return documents;
  }

  #tell(source: Source): void {
    const evidence = this.#evidenceOf(source);
    const text = JSON.stringify(evidence);
    if (text === source.told) return;
    source.told = text;
    this.#ports.tell(evidence);
  }

  #evidenceOf({ operator, kept }: Source): OperatorEvidence {
    const { ranges, rangesAtMs, keys } = kept;
    const areRangesFresh = ranges !== null && this.#ports.clock.wallMs() - rangesAtMs < verifyLimits.freshMs;
    return { operator: operator.name, ranges, areRangesFresh, keys };
  }
}

function hasSources({ ranges = [], signers = [] }: BotOperator): boolean {
  return ranges.length + signers.length > 0;
}

/** Operators add networks and drop a few; one that drops most of them at once has rather broken its list. */
function refuseShrunk(ranges: readonly string[], { ranges: before, rangesAtMs }: KeptEvidence, nowMs: number): void {
  if (before === null || nowMs - rangesAtMs > verifyLimits.shrinkBelievedMs) return;
  if (ranges.length < before.length * verifyLimits.shrinkShareMax) {
    throw new Error(`${ranges.length} networks where there were ${before.length}: the last good list stays`);
  }
}
