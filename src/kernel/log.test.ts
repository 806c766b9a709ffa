import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { logLimits } from './limits.ts';
import { lineLogger } from './log.ts';

test('lines that went nowhere are counted, and the next one that goes through says how many', () => {
  const lines: Record<string, unknown>[] = [];
  let isFull = false;
  const logger = lineLogger('a process', (line, done) => {
    if (isFull) return done(new Error('ENOSPC'));
    lines.push(JSON.parse(line) as Record<string, unknown>);
    done();
  });
  logger.info('first', { some: 'field' });
  isFull = true;
  for (let line = 0; line < 3; line++) logger.warn('lost');
  isFull = false;
  logger.error('again');
  logger.error('and again');
  assert.deepEqual(
    lines.map(({ at: _at, ...rest }) => rest),
    [
      { level: 'info', process: 'a process', event: 'first', some: 'field' },
      { level: 'error', process: 'a process', event: 'again', linesLost: 3 },
      { level: 'error', process: 'a process', event: 'and again' },
    ],
  );
});

test('whatever the fields are and however the writing fails, no call throws and a line is a line', () => {
  const lines: string[] = [];
  const logger = lineLogger('a process', (line) => lines.push(line));
  const ring: Record<string, unknown> = {};
  ring.itself = ring;
  logger.info('ring', ring);
  logger.info('big', { number: 2n ** 80n });
  logger.warn('long', { text: '"\n'.repeat(1 << 20) });
  const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.match(String(read[0]?.unwritable), /circular/i);
  assert.match(String(read[1]?.unwritable), /BigInt/);
  assert.match(String(read[2]?.begins), /^\{"at":.*"event":"long","text":/);
  assert.ok(lines.every((line) => line.length <= logLimits.lineCharsMax && line.indexOf('\n') === line.length - 1));
  let isBroken = true;
  const told: string[] = [];
  const broken = lineLogger('a process', (line) => {
    if (isBroken) throw new Error('no such stream');
    told.push(line);
  });
  broken.error('lost');
  isBroken = false;
  broken.error('told');
  assert.equal((JSON.parse(told[0]!) as { linesLost: number }).linesLost, 1);
});

test('a log that nobody reads costs lines, not memory; read again, it says how many', {
  timeout: 60_000,
}, async (context) => {
  const log = new URL('./log.ts', import.meta.url).href;
  const script = `
    import { lineLogger } from ${JSON.stringify(log)};
    const logger = lineLogger('a process');
    const fields = { text: 'x'.repeat(1_000) };
    for (let line = 0; line < 20_000; line++) logger.info('written', fields);
    process.send(process.stderr.writableLength);
    // All that was held has gone.
    process.stderr.once('drain', () => logger.info('last'));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  context.after(() => child.kill('SIGKILL'));
  const [held] = (await once(child, 'message')) as [number];
  assert.ok(held > 0 && held < 2 * logLimits.backlogBytesMax, `${held} bytes held`);
  const lines: string[] = [];
  let rest = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    const pieces = (rest + text).split('\n');
    rest = pieces.pop()!;
    lines.push(...pieces);
  });
  await once(child.stderr!, 'end');
  const last = JSON.parse(lines.at(-1)!) as { event: string; linesLost: number };
  assert.deepEqual([last.event, lines.length - 1 + last.linesLost], ['last', 20_000]);
});
