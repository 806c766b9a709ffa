import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type LogBatchHeader, LogBatchWriter, type LogRecord } from '../../src/contract/logBatch.ts';

/** The frames that a worker would send for these records. */
export function framesOf(header: LogBatchHeader, records: readonly LogRecord[]): Uint8Array[] {
  const writer = new LogBatchWriter();
  const taken: Uint8Array[] = [];
  writer.begin(header, 0);
  for (const record of records) {
    if (writer.add(record)) continue;
    taken.push(writer.take() as Uint8Array);
    writer.begin(header, 0);
    writer.add(record);
  }
  const last = writer.take();
  return last === undefined ? taken : [...taken, last];
}

export async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => {});
  return socket;
}

export async function until(condition: () => Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `did not happen within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
