import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHead } from '../../http/buildRequestHead.ts';
import { systemClock } from '../../kernel/clock.ts';
import { silentLogger } from '../../kernel/log.ts';
import { unlisted } from '../../lists/index.ts';
import { emptyActiveSet } from '../activeSet/activeSet.ts';
import { ErrorReports } from '../counts/errorReports.ts';
import { passed } from '../modules/rules/rulesSlot.ts';
import type { Written } from './accessFile.ts';
import { accessLine } from './accessLine.ts';
import { AccessLog } from './accessLog.ts';
import { accessLimits } from './limits.ts';

/** A file that others write to, too, and that takes as many bytes of each write as it is told. */
class TearingFile {
  readonly path = '/access.log';
  text = '';
  takes: number[] = [];

  append(lines: Buffer): Promise<Written> {
    const bytes = Math.min(lines.length, this.takes.shift() ?? lines.length);
    this.text += lines.subarray(0, bytes).toString();
    const error = bytes < lines.length ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : null;
    return Promise.resolve({ bytes, error });
  }
}

function record(path: string) {
  const head = requestHead({
    method: 'GET',
    target: path,
    version: '1.1',
    rawHeaders: ['Host', 'shop.example'],
    scheme: 'http',
    clientAddress: '192.0.2.7',
  });
  const verdict = { kind: 'absent', reason: 'killed' } as const;
  const judgement = {
    set: emptyActiveSet,
    site: undefined,
    address: unlisted,
    verdict,
    outcome: passed,
    shadowScore: null,
  };
  return { head, judgement, status: 200, bytes: 1, atMs: 0, durationMs: 1 };
}

function start(file: TearingFile): AccessLog {
  const reports = new ErrorReports(systemClock, silentLogger);
  const identity = { edge: 'edge', worker: 1 };
  return new AccessLog({ identity, file, clock: systemClock, logger: silentLogger, reports });
}

function pathsIn(text: string): unknown[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [(JSON.parse(line) as { path: unknown }).path];
    } catch {
      return [];
    }
  });
}

test('a line that went in half is written whole, on a line of its own, whoever wrote meanwhile', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const file = new TearingFile();
  const log = start(file);
  for (const path of ['/one', '/two', '/three']) log.add(record(path));
  const lineBytes = 460;
  file.takes = [lineBytes + lineBytes / 2, 0, 1];
  context.mock.timers.tick(accessLimits.batchMs);
  await settled();
  assert.match(file.text, /"path":"\/two[^\n]*$/, 'the second one is torn');
  file.text += '{"path":"/other worker"}\n';
  for (let time = 0; time < 3; time++) {
    context.mock.timers.tick(accessLimits.retryMs);
    await settled();
  }
  assert.deepEqual(pathsIn(file.text), ['/one', '/two', '/three']);
  assert.deepEqual(log.lost, { slow: 0, 'disk-full': 0, 'not-writable': 0, stopped: 0 });
});

test('two workers on a full disk: whoever goes on first does not write behind the torn line of the other', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const file = new TearingFile();
  const [tearing, waiting] = [start(file), start(file)];
  tearing.add(record('/torn'));
  waiting.add(record('/waiting'));
  // The first is cut, the second finds no room, nor does the first one once more; then there is room for both.
  file.takes = [200, 0, 0];
  context.mock.timers.tick(accessLimits.batchMs);
  await settled();
  for (let time = 0; time < 3; time++) {
    context.mock.timers.tick(accessLimits.retryMs);
    await settled();
  }
  assert.deepEqual(pathsIn(file.text).sort(), ['/torn', '/waiting']);
});

test('a line of which only its end is missing stands there once', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const file = new TearingFile();
  const log = start(file);
  log.add(record('/one'));
  file.takes = [accessLine({ edge: 'edge', worker: 1 }, record('/one')).length - 1];
  context.mock.timers.tick(accessLimits.batchMs);
  await settled();
  log.add(record('/two'));
  context.mock.timers.tick(accessLimits.retryMs);
  await settled();
  context.mock.timers.tick(accessLimits.batchMs);
  await settled();
  assert.deepEqual(pathsIn(file.text), ['/one', '/two']);
});

test('what waits at the end and cannot be written is counted, line by line', async () => {
  const file = new TearingFile();
  const log = start(file);
  for (const path of ['/one', '/two', '/three']) log.add(record(path));
  file.takes = [600];
  await log.close(50);
  assert.deepEqual(pathsIn(file.text), ['/one']);
  assert.equal(log.lost.stopped, 2);
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
