import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { descriptorsMax, residentBytes } from './ownProcess.ts';

const own = new URL('./ownProcess.ts', import.meta.url).href;

/** Runs a module in a process that may have 64 descriptors. */
function inSmallProcess(code: string): string {
  const command = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"';
  return execFileSync('/bin/sh', ['-c', command, process.execPath, code], { encoding: 'utf8' });
}

test('the limit of descriptors is the one that the process was started with', () => {
  assert.ok(descriptorsMax() >= 64);
  assert.equal(inSmallProcess(`console.log((await import('${own}')).descriptorsMax())`), '64\n');
});

test('memory is told, and with no descriptor left it is unknown instead of an end', () => {
  assert.ok(residentBytes()! > 1 << 20);
  const said = inSmallProcess(`
    import { openSync } from 'node:fs';
    const { residentBytes } = await import('${own}');
    try {
      for (;;) openSync('/dev/null');
    } catch {}
    process.stdout.write(String(residentBytes()));
  `);
  assert.equal(said, 'undefined');
});
