import { decodeLogBatch, type LogBatch } from '../../contract/logBatch.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { featuresTable } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { BatchQueue } from './batchQueue.ts';
import { receivingLimits } from './limits.ts';
import { LogRows } from './logRows.ts';
import { requestColumns } from './requestColumns.ts';
import { storedFeatures } from './storedFeatures.ts';

/** Why records did not reach ClickHouse: the closed list. */
export const dropReasons = ['queue-full', 'batch-malformed', 'insert-failed'] as const;
export type DropReason = (typeof dropReasons)[number];

export interface LogInserterStatus {
  readonly recordsInserted: number;
  /** Records that `http_requests` does not have; batches where they could not be read. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Rows that `http_requests_features` does not have, whether or not the other table has the request. */
  readonly featureRowsDropped: Readonly<Record<Exclude<DropReason, 'batch-malformed'>, number>>;
  /** What workers say they dropped before it came here. */
  readonly droppedByWorkers: number;
  readonly featureValuesWithoutColumn: number;
  readonly queueBytes: number;
}

export type LogLimits = Readonly<{
  queueBytesMax: number;
  insertBatchBytesMax: number;
  insertEveryMs: number;
  insertRetryMs: { readonly first: number; readonly max: number };
  insertAttemptsWhenFull: number;
  lastInsertsMs: number;
}>;

/** Batches that go into ClickHouse together. */
interface Block {
  /** How many batches of the queue it is made of, those that could not be read included. */
  readonly frames: number;
  readonly batches: readonly LogBatch[];
  readonly records: number;
  /** Records with a vector: rows of the features table. */
  readonly featureRows: number;
  readonly firstId: number;
  /** This table has the block already: another attempt must not write it twice. */
  requestsDone: boolean;
}

/**
 * Takes batches off the socket's hands at once and brings them into ClickHouse in blocks. When ClickHouse is slow or gone
 * the oldest block waits at the head and is tried again; the queue fills, then batches are dropped and counted. Whoever
 * sends is never held up. A block whose answer was lost on the way is written twice.
 */
export class LogInserter {
  readonly #warehouse: () => Warehouse | null;
  readonly #clock: TimerClock;
  readonly #log: Logger;
  readonly #limits: LogLimits;
  readonly #queue: BatchQueue;
  readonly #dropped = { 'queue-full': 0, 'batch-malformed': 0, 'insert-failed': 0 };
  readonly #featureRowsDropped = { 'queue-full': 0, 'insert-failed': 0 };
  #recordsInserted = 0;
  #droppedByWorkers = 0;
  #valuesWithoutColumn = 0;
  #nextId: number;
  #running: Promise<void> | null = null;
  #timer: Timer | undefined;
  #head: Block | null = null;
  #wake: () => void = () => {};
  /** Something was turned away since the last attempt. */
  #overflowed = false;
  #strangersTold = '';
  #closing = false;

  /** `warehouse` answers null while there is none. */
  constructor(warehouse: () => Warehouse | null, clock: TimerClock, log: Logger, limits: LogLimits = receivingLimits) {
    this.#warehouse = warehouse;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#queue = new BatchQueue(limits.queueBytesMax);
    // Microseconds of the start, then one by one: unique over restarts as long as fewer than a million arrive a second.
    this.#nextId = Math.floor(clock.wallMs()) * 1_000;
  }

  offer(batch: Buffer): void {
    if (!this.#queue.offer(batch)) {
      this.#overflowed = true;
      const decoded = decodeLogBatch(batch);
      this.#dropped['queue-full'] += decoded.ok ? decoded.value.records.length : 1;
      this.#featureRowsDropped['queue-full'] += decoded.ok ? featureRowsOf([decoded.value]) : 0;
    }
    if (this.#queue.bytes >= this.#limits.insertBatchBytesMax) this.#start();
    else if (!this.#closing) this.#timer ??= this.#clock.after(this.#limits.insertEveryMs, () => this.#start());
  }

  /**
   * Brings in what waits as far as that goes at the first attempt and within `lastInsertsMs`; the rest is dropped and
   * counted. Nothing is inserted afterwards.
   */
  async flush(): Promise<void> {
    this.#closing = true;
    this.#timer?.cancel();
    this.#wake();
    const late = Promise.withResolvers<void>();
    const deadline = this.#clock.after(this.#limits.lastInsertsMs, late.resolve);
    await Promise.race([late.promise, (this.#running ?? Promise.resolve()).then(() => this.#insertAll())]);
    deadline.cancel();
    while (this.#queue.length > 0) {
      this.#drop(this.#nextBlock(), 'the factory ended');
    }
  }

  status(): LogInserterStatus {
    return {
      recordsInserted: this.#recordsInserted,
      dropped: { ...this.#dropped },
      featureRowsDropped: { ...this.#featureRowsDropped },
      droppedByWorkers: this.#droppedByWorkers,
      featureValuesWithoutColumn: this.#valuesWithoutColumn,
      queueBytes: this.#queue.bytes,
    };
  }

  #start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running ??= this.#insertAll().finally(() => {
      this.#running = null;
    });
  }

  async #insertAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const block = this.#nextBlock();
      const error = block.records === 0 ? null : await this.#insertPatiently(block);
      // Dropped meanwhile, because the factory ends and could wait no longer.
      if (block !== this.#head) return;
      if (error === null) {
        this.#recordsInserted += block.records;
        this.#letGo(block);
      } else if (this.#closing) {
        return;
      } else {
        this.#drop(block, error);
      }
    }
  }

  /** Reads the oldest batches, which stay in the queue, so that its bound holds for what is under way as well. */
  #nextBlock(): Block {
    if (this.#head !== null) return this.#head;
    const frames = this.#queue.head(this.#limits.insertBatchBytesMax);
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
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    const firstId = this.#nextId;
    this.#nextId += records;
    const featureRows = featureRowsOf(batches);
    this.#head = { frames: frames.length, batches, records, featureRows, firstId, requestsDone: false };
    return this.#head;
  }

  #letGo(block: Block): void {
    this.#queue.remove(block.frames);
    this.#head = null;
  }

  #drop(block: Block, error: string): void {
    this.#letGo(block);
    const records = block.requestsDone ? 0 : block.records;
    const { featureRows } = block;
    this.#recordsInserted += block.records - records;
    this.#dropped['insert-failed'] += records;
    this.#featureRowsDropped['insert-failed'] += featureRows;
    if (records + featureRows > 0)
      this.#log.error('log-records-dropped', { records, featureRows, reason: 'insert-failed', error });
  }

  /** null when the block is in. An error only when it has to make room, or when the factory ends. */
  async #insertPatiently(block: Block): Promise<string | null> {
    let pauseMs = this.#limits.insertRetryMs.first;
    for (let attempt = 1; ; attempt++) {
      this.#overflowed = false;
      const error = await this.#insert(block);
      if (error === null || this.#closing) return error;
      if (attempt === 1) this.#log.warn('log-insert-failed', { error, records: block.records });
      await this.#pause(pauseMs);
      if (this.#closing || (this.#overflowed && attempt >= this.#limits.insertAttemptsWhenFull)) return error;
      pauseMs = Math.min(pauseMs * 2, this.#limits.insertRetryMs.max);
    }
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(pauseMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  async #insert(block: Block): Promise<string | null> {
    const warehouse = this.#warehouse();
    if (warehouse === null) return 'there is no ClickHouse';
    try {
      const { features, strangers } = await storedFeatures(warehouse);
      this.#tellStrangers(strangers);
      const rows = new LogRows(features);
      let id = block.firstId;
      for (const batch of block.batches) {
        rows.add(batch, id);
        id += batch.records.length;
      }
      if (!block.requestsDone) {
        await warehouse.insert('http_requests', requestColumns, Buffer.from(rows.requests.join('')));
        block.requestsDone = true;
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

  /** Once for each set of them, not with every block. */
  #tellStrangers(strangers: readonly string[]): void {
    const names = strangers.slice(0, 20).join(', ');
    if (names !== '' && names !== this.#strangersTold)
      this.#log.warn('log-columns-left-out', { table: featuresTable, names });
    this.#strangersTold = names;
  }
}

function featureRowsOf(batches: readonly LogBatch[]): number {
  const has = (vector: Float32Array | null) => vector !== null && vector.length > 0;
  return batches.reduce((sum, batch) => sum + batch.records.filter((record) => has(record.vector)).length, 0);
}
