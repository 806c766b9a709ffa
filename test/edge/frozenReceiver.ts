/*
 * A log receiver in a process of its own, so that a test can freeze it: `frozenReceiver SOCKET`. Writes one line of JSON
 * per batch: how many records, how many the worker says were dropped, the last target.
 */
import { createServer } from 'node:net';
import { decodeLogBatch } from '../../src/contract/logBatch.ts';

createServer((socket) => {
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE(0)) {
      const end = 4 + waiting.readUInt32LE(0);
      const batch = decodeLogBatch(waiting.subarray(4, end));
      waiting = waiting.subarray(end);
      const line = batch.ok
        ? { records: batch.value.records.length, dropped: batch.value.dropped, batch: summary(batch.value) }
        : { error: batch.error };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  });
}).listen(process.argv[2], () => process.stdout.write('{"listening":true}\n'));

function summary(batch: { records: readonly object[] }): object {
  const { records, ...shared } = batch;
  return { ...shared, last: records.at(-1) };
}
