import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeLogBatch, type LogBatch, type LogRecord, logLimits } from '../../src/contract/logBatch.ts';
import { FrameReader } from '../../src/factory/log/frameReader.ts';
import type { Undo } from './harness.ts';

/** What came of a log so far. */
export interface ReceivedLog {
  /** Of the socket that workers send to. */
  readonly path: string;
  readonly batches: readonly LogBatch[];
  /** Of all batches. */
  readonly records: readonly LogRecord[];
}

/** Where workers' log goes, in this process. */
export async function startLog(undo: Undo): Promise<ReceivedLog> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  const path = join(folder, 'log.sock');
  const batches: LogBatch[] = [];
  const records: LogRecord[] = [];
  const server = createServer((socket) => {
    const frames = new FrameReader(logLimits.frameBytesMax);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      for (const frame of frames.push(bytes) ?? assert.fail('a frame is too long')) {
        const batch = decodeLogBatch(frame);
        assert.ok(batch.ok);
        batches.push(batch.value);
        records.push(...batch.value.records);
      }
    });
    undo.add(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  undo.add(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, batches, records };
}
