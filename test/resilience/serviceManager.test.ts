import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startRealEdge } from './realEdge.ts';

const receiverFile = fileURLToPath(new URL('./notifyReceiver.py', import.meta.url));

/** Why this machine cannot run the test; never where CI runs it. */
function lacks(): string | false {
  const missing = [
    ['systemd-notify', '--version'],
    ['python3', '--version'],
  ].filter(([command = '', ...args]) => {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return false;
  const reason = `this machine has no ${missing.map(([command]) => command).join(' and no ')}`;
  assert.notEqual(process.env.CI, 'true', reason);
  return reason;
}

/** A unix datagram socket that collects what arrives. */
async function receive(context: TestContext): Promise<{ path: string; heard: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-notify-'));
  const path = join(folder, 'notify');
  const receiver: ChildProcess = spawn('python3', [receiverFile, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => {
    receiver.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const heard: string[] = [];
  let rest = '';
  await new Promise<void>((resolve) => {
    receiver.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      heard.push(...lines.map((line) => JSON.parse(line) as string));
      if (heard.length > 0) resolve();
    });
  });
  heard.shift(); // It listens.
  return { path, heard };
}

const words = (heard: readonly string[]) =>
  heard.map((message) => message.split('\n')[0]).filter((word) => word !== 'WATCHDOG=1' && word !== 'BARRIER=1');

test('systemd hears when the edge is ready, reloads and ends, and its watchdog is fed', async (context) => {
  const why = lacks();
  if (why !== false) return context.skip(why);
  const { path, heard } = await receive(context);
  const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '2000000' };
  const edge = await startRealEdge({ workers: 1, environment });
  await edge.until('READY', () => words(heard).includes('READY=1'), 10_000);
  assert.equal((await edge.get()).status, 200, 'ready is ready');
  edge.supervisor.kill('SIGHUP');
  await edge.until('the reload is over', () => words(heard).length === 3, 20_000);
  assert.deepEqual(words(heard), ['READY=1', 'RELOADING=1', 'READY=1']);
  const [, micros = ''] =
    /MONOTONIC_USEC=(\d+)/.exec(heard.find((message) => message.startsWith('RELOADING')) ?? '') ?? [];
  const [uptimeS = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  assert.ok(Math.abs(Number(micros) / 1e6 - Number(uptimeS)) < 60, `${micros} µs on a clock that says ${uptimeS} s`);
  const fed = () => heard.filter((message) => message === 'WATCHDOG=1').length;
  const before = fed();
  await edge.until('the watchdog is fed on', () => fed() >= before + 2, 10_000);
  await edge.stop();
  // The last one may still be on its way: the edge does not wait for it.
  for (let time = 0; time < 100 && !words(heard).includes('STOPPING=1'); time++) await sleep(50);
  assert.equal(words(heard).at(-1), 'STOPPING=1');
});

test('a service manager that is not there: one line, and the edge serves, reloads and ends', async () => {
  const edge = await startRealEdge({
    workers: 1,
    environment: { NOTIFY_SOCKET: '/nowhere/notify', WATCHDOG_USEC: '1000000' },
  });
  assert.equal((await edge.get()).status, 200);
  edge.supervisor.kill('SIGHUP');
  await edge.until('it is logged', () => edge.log.some(({ event }) => event === 'service-manager-not-told'), 20_000);
  assert.equal((await edge.get()).status, 200);
  assert.equal(await edge.stop(), 0);
  assert.equal(edge.log.filter(({ event }) => event === 'service-manager-not-told').length, 1);
});
