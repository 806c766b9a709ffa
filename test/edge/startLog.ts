import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeLogBatch, type LogRecord } from '../../src/contract/logBatch.ts';
import type { Undo } from './harness.ts';

/** Where the worker's log goes: all records that came. */
export async function startLog(undo: Undo): Promise<{ readonly path: string; readonly records: LogRecord[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lists-'));
  const path = join(folder, 'log.sock');
  const records: LogRecord[] = [];
  const server = createServer((socket) => {
    let held = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      while (held.length >= 4 && held.length >= 4 + held.readUInt32LE(0)) {
        const end = 4 + held.readUInt32LE(0);
        const batch = decodeLogBatch(held.subarray(4, end));
        assert.ok(batch.ok);
        records.push(...batch.value.records);
        held = held.subarray(end);
      }
    });
    undo.add(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  undo.add(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, records };
}
