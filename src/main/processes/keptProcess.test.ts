import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KeptProcess } from './keptProcess.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function kept(source: string, argument: unknown = null) {
  const entry = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(entry, source);
  const events: string[] = [];
  const process_ = new KeptProcess({
    name: 'child',
    entry,
    argument: () => argument,
    onLine: () => {},
    onEvent: (event) => events.push(event),
  });
  return { process_, events };
}

test('a child that ends before it is ready is told with its last words', async () => {
  const { process_ } = kept(`process.stderr.write('the port is taken\\n'); process.exitCode = 1;`);
  await assert.rejects(process_.start(), /the port is taken/);
  await process_.stop(1_000);
});

test('a child that cannot be spawned at all is told, and stopping it returns', async () => {
  const { process_ } = kept('', 'x'.repeat(4 << 20)); // Longer than any argument may be.
  await assert.rejects(process_.start(), /E2BIG/);
  await process_.stop(1_000);
});

test('a child that dies is started again, and stays dead once it was stopped', async () => {
  const { process_, events } = kept(`process.send({ type: 'ready' }); setInterval(() => {}, 1000);`);
  await process_.start();
  const first = process_.pid!;
  process.kill(first, 'SIGKILL');
  while (process_.pid === first || !events.includes('process-started'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  await process_.stop(1_000);
  const last = process_.pid!;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(process_.pid, last);
  assert.throws(() => process.kill(last, 0), /ESRCH/);
});
