import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UpLog } from './upLog.ts';

test('a full disk costs lines of the log file, the listener gets them, and the next one that is taken says how many', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-up-log-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'holdfast.log');
  symlinkSync('/dev/full', path);
  const heard: string[] = [];
  const log = new UpLog(path, (line) => heard.push(line));
  for (const line of ['one', 'two', 'three']) log.line(line);
  assert.deepEqual(heard, ['one', 'two', 'three']);
  rmSync(path);
  log.line('four');
  log.line('five');
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  assert.equal((JSON.parse(lines[0]!) as { linesLost: number }).linesLost, 3);
  assert.deepEqual(lines.slice(1), ['four', 'five']);
});
