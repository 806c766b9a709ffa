import { assert } from '../../kernel/assert.ts';

/** Rows for the trainer, by column: float32 as the edge sees them, NaN is missing. */
export interface TrainingTable {
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  /** 1 where the row is a person's. */
  readonly humans: Uint8Array;
  /** A column name that no feature can have (feature names are lower case). */
  readonly labelName: 'LABEL';
}

/** Packs a table for the training process: u32 length of the JSON head, the head, humans, columns. */
export function encodeTable(table: TrainingTable): Uint8Array {
  const head = Buffer.from(JSON.stringify({ names: table.names, rows: table.humans.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const columns = table.columns.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength));
  return Buffer.concat([length, head, table.humans, ...columns]);
}

export function decodeTable(bytes: Uint8Array): TrainingTable {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headBytes = buffer.readUInt32LE(0);
  const { names, rows } = JSON.parse(buffer.toString('utf8', 4, 4 + headBytes)) as { names: string[]; rows: number };
  const start = 4 + headBytes + rows;
  assert(buffer.length === start + names.length * rows * 4, 'a training table has the length that its head says');
  const columns = names.map((_, index) => {
    const from = start + index * rows * 4;
    return new Float32Array(Uint8Array.prototype.slice.call(buffer, from, from + rows * 4).buffer);
  });
  return { names, columns, humans: new Uint8Array(buffer.subarray(start - rows, start)), labelName: 'LABEL' };
}
