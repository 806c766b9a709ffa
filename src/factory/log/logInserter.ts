import { decodeLogBatch, type LogBatch } from '../../contract/logBatch.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { readFeatureComment } from '../featureComment.ts';
import { featuresDatabase, featuresTable } from '../featureCycle.ts';
import { factoryLimits } from '../limits.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { BatchQueue } from './batchQueue.ts';
import { LogRows, requestColumns, type StoredFeature } from './logRows.ts';

/** Why records did not reach ClickHouse: the closed list. */
export const dropReasons = ['queue-full', 'batch-malformed', 'insert-failed'] as const;
export type DropReason = (typeof dropReasons)[number];

export interface LogInserterStatus {
  readonly recordsInserted: number;
  /** Records, or batches where they could not be read. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** What workers say they dropped before it came here. */
  readonly droppedByWorkers: number;
  readonly featureValuesWithoutColumn: number;
  readonly queueBytes: number;
}

/**
 * Takes batches off the socket's hands at once and brings them into ClickHouse in blocks. When ClickHouse is slow or gone
 * the queue fills, then batches are dropped and counted; whoever sends is never held up.
 */
export class LogInserter {
  readonly #warehouse: () => Warehouse | null;
  readonly #log: Logger;
  readonly #queue = new BatchQueue(factoryLimits.queueBytesMax);
  readonly #dropped: Record<DropReason, number> = { 'queue-full': 0, 'batch-malformed': 0, 'insert-failed': 0 };
  #recordsInserted = 0;
  #droppedByWorkers = 0;
  #valuesWithoutColumn = 0;
  #nextId: number;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  /** `warehouse` answers null while there is none. */
  constructor(warehouse: () => Warehouse | null, clock: Clock, log: Logger) {
    this.#warehouse = warehouse;
    this.#log = log;
    // Microseconds of the start, then one by one: unique over restarts as long as fewer than a million arrive a second.
    this.#nextId = Math.floor(clock.wallMs()) * 1_000;
  }

  offer(batch: Buffer): void {
    if (!this.#queue.offer(batch)) {
      const decoded = decodeLogBatch(batch);
      this.#dropped['queue-full'] += decoded.ok ? decoded.value.records.length : 1;
    }
    if (this.#queue.bytes >= factoryLimits.insertBatchBytesMax) this.#start();
    else if (!this.#closing) this.#timer ??= setTimeout(() => this.#start(), factoryLimits.insertEveryMs);
  }

  /** Brings in what waits, as far as that goes in one attempt per block. */
  async flush(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#insertAll();
  }

  status(): LogInserterStatus {
    return {
      recordsInserted: this.#recordsInserted,
      dropped: { ...this.#dropped },
      droppedByWorkers: this.#droppedByWorkers,
      featureValuesWithoutColumn: this.#valuesWithoutColumn,
      queueBytes: this.#queue.bytes,
    };
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#insertAll().finally(() => {
      this.#running = null;
    });
  }

  async #insertAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batches = this.#decode(this.#queue.take(factoryLimits.insertBatchBytesMax));
      const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
      if (records === 0) continue;
      const firstId = this.#nextId;
      this.#nextId += records;
      const error = await this.#insertPatiently(batches, firstId);
      if (error === null) {
        this.#recordsInserted += records;
      } else {
        this.#dropped['insert-failed'] += records;
        this.#log.error('log-records-dropped', { records, reason: 'insert-failed', error });
      }
    }
  }

  #decode(frames: readonly Buffer[]): LogBatch[] {
    const batches: LogBatch[] = [];
    for (const frame of frames) {
      const decoded = decodeLogBatch(frame);
      if (decoded.ok) {
        batches.push(decoded.value);
        this.#droppedByWorkers += decoded.value.dropped;
      } else {
        this.#dropped['batch-malformed']++;
        this.#log.warn('log-batch-malformed', { error: decoded.error });
      }
    }
    return batches;
  }

  async #insertPatiently(batches: readonly LogBatch[], firstId: number): Promise<string | null> {
    const done = { requests: false };
    for (let attempt = 1; ; attempt++) {
      const error = await this.#insert(batches, firstId, done);
      if (error === null) return null;
      if (attempt === factoryLimits.insertAttemptsMax || this.#closing) return error;
      await new Promise((resolve) => setTimeout(resolve, factoryLimits.insertRetryMs * attempt));
    }
  }

  /** `done` remembers the table that has the block already, so that a second attempt does not write it twice. */
  async #insert(batches: readonly LogBatch[], firstId: number, done: { requests: boolean }): Promise<string | null> {
    const warehouse = this.#warehouse();
    if (warehouse === null) return 'there is no ClickHouse';
    try {
      const rows = new LogRows(await storedFeatures(warehouse));
      let id = firstId;
      for (const batch of batches) {
        rows.add(batch, id);
        id += batch.records.length;
      }
      if (!done.requests) {
        await warehouse.insert('http_requests', requestColumns, Buffer.from(rows.requests.join('')));
        done.requests = true;
      }
      if (rows.features.length > 0) {
        await warehouse.insert(featuresTable, rows.featureColumns, Buffer.from(rows.features.join('')));
      }
      this.#valuesWithoutColumn += rows.valuesWithoutColumn;
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** Read for each block, 10 ms: a column added a second ago is filled already. */
async function storedFeatures(warehouse: Warehouse): Promise<StoredFeature[]> {
  const columns = await warehouse.readColumns(featuresTable, featuresDatabase);
  return columns.map(({ name, type, comment }) => {
    const read = readFeatureComment(comment);
    return { name, type: type as StoredFeature['type'], default: typeof read === 'string' ? null : read.default };
  });
}
