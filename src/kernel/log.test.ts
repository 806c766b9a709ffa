import assert from 'node:assert/strict';
import { test } from 'node:test';
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
