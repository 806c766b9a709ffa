import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/* How holdfast up behaves where it is not made easy for it. */
const folders: string[] = [];
const running: HoldfastUp[] = [];
after(async () => {
  for (const holdfast of running) await holdfast.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function start(data: string, args: readonly string[] = []): Promise<HoldfastUp> {
  const holdfast = await startHoldfast(['--workers', '1', '--factory-every', '3600', ...args], { keepData: data });
  running.push(holdfast);
  return holdfast;
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-up-'));
  folders.push(folder);
  return folder;
}

/** Command lines of all processes of this machine, as any user sees them. */
function commandLines(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return [];
    }
  });
}

test('private: the token stands on no command line, and nothing in the data folder is for others to read', async () => {
  const data = emptyFolder();
  const seen = new Set<string>();
  const watch = setInterval(() => commandLines().forEach((line) => void seen.add(line)), 20);
  const holdfast = await start(data);
  clearInterval(watch);
  const token = readFileSync(join(data, 'control', 'token'), 'utf8').trim();
  assert.ok(
    [...seen].some((line) => line.includes('supervisor')),
    'the watch saw the processes start',
  );
  assert.deepEqual(
    [...seen].filter((line) => line.includes(token)),
    [],
  );
  await eventually('ClickHouse has written files', () =>
    readdirSync(join(data, 'factory')).length > 0 ? true : undefined,
  );
  const open = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const { mode } = statSync(join(data, path), { throwIfNoEntry: false }) ?? { mode: 0 };
    return (mode & 0o077) !== 0 && (mode & 0o170000) !== 0o140000;
  });
  assert.deepEqual(open, []);
  assert.equal(await holdfast.stop(), 0);
});

test('an edge that has served before comes up although control cannot', async () => {
  const data = emptyFolder();
  await (await start(data)).stop();
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const { port } = squatter.address() as { port: number };
  const holdfast = await start(data, ['--control-listen', `127.0.0.1:${port}`]);
  assert.match((await trace(holdfast.edgeUrl)).score ?? '', /^\d+$/);
  assert.match(holdfast.said(), /process-not-started.*control/);
  squatter.close();
  assert.equal(await holdfast.stop(), 0);
});

test('a disk that takes nothing: the edge serves alone and says why', async (context) => {
  const data = emptyFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', data], { stdio: 'ignore' });
  } catch {
    context.skip('mounting a tmpfs needs root');
    return;
  }
  try {
    const holdfast = await start(data);
    assert.match((await trace(holdfast.edgeUrl)).score ?? '', /^\d+$/);
    assert.match(holdfast.said(), /edge-alone/);
    assert.equal(await holdfast.stop(), 0);
  } finally {
    execFileSync('umount', [data]);
  }
});

test('whoever read its messages goes away: it serves on', async () => {
  const data = emptyFolder();
  const holdfast = await start(data);
  holdfast.process.stderr!.destroy();
  holdfast.process.stdout!.destroy();
  // Something to tell: control dies and comes back.
  const before_ = await trace(holdfast.edgeUrl);
  process.kill(holdfast.pids().control!, 'SIGKILL');
  await eventually('control is back', async () =>
    (await fetch(`${holdfast.controlUrl}/healthz`)).ok ? true : undefined,
  );
  assert.equal((await trace(holdfast.edgeUrl)).worker, before_.worker);
  assert.equal(await holdfast.stop(), 0);
});

test('a second holdfast up in the same folder is refused; a stale state file is not in the way', async () => {
  const data = emptyFolder();
  const holdfast = await start(data);
  await assert.rejects(startHoldfast(['--workers', '1'], { keepData: data }), /another holdfast .* runs in/);
  holdfast.process.kill('SIGKILL');
  await new Promise((resolve) => spawn('true').once('exit', resolve));
  const again = await eventually('the children of the killed one are gone', () => start(data), 60_000);
  assert.match((await trace(again.edgeUrl)).score ?? '', /^\d+$/);
});
