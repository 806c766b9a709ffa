import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { Logger } from '../kernel/log.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import { ServiceNotifier } from './index.ts';

function scene(environment: Record<string, string>) {
  const clock = new MadeUpClock();
  const sent: string[] = [];
  const children: EventEmitter[] = [];
  const warnings: string[] = [];
  const logger: Logger = { info() {}, error() {}, warn: (event) => warnings.push(event) };
  const notifier = new ServiceNotifier({
    environment,
    pids: [7, 6],
    spawnNotify: (words) => {
      sent.push(words.map((word) => word.replace(/^(MONOTONIC_USEC=)\d+$/, '$1…')).join(' '));
      const child = Object.assign(new EventEmitter(), { kill: () => child.emit('exit', null, 'SIGKILL') });
      children.push(child);
      return child as unknown as ChildProcess;
    },
    clock,
    logger,
  });
  const end = (code = 0) => children.at(-1)?.emit('exit', code, null);
  return { notifier, sent, warnings, end, tick: (ms: number) => clock.pass(ms) };
}
const socket = { NOTIFY_SOCKET: '/run/systemd/notify' };

test('without a service manager nothing is started', () => {
  const { notifier, sent, tick } = scene({ WATCHDOG_USEC: '2000000' });
  notifier.ready('x');
  notifier.stopping();
  tick(60_000);
  assert.deepEqual(sent, []);
});

test('one word after the other, each when the one before it is out', () => {
  const { notifier, sent, end } = scene(socket);
  notifier.reloading();
  notifier.ready('Serving');
  notifier.reloading();
  notifier.reloaded('Serving');
  notifier.stopping();
  assert.deepEqual(sent, ['READY=1 STATUS=Serving'], 'a reload during the start is part of it');
  for (let time = 0; time < 5; time++) end();
  assert.deepEqual(sent.slice(1), [
    'RELOADING=1 MONOTONIC_USEC=…',
    'READY=1 STATUS=Serving',
    'STOPPING=1 STATUS=Draining',
  ]);
  notifier.reloaded('Serving');
  notifier.reloading();
  end();
  assert.equal(sent.length, 4, 'nothing follows the end');
});

test('the watchdog is told twice as often as it asks, from ready to the end', () => {
  const { notifier, sent, end, tick } = scene({ ...socket, WATCHDOG_USEC: '10000000', WATCHDOG_PID: '7' });
  notifier.ready('x');
  end();
  end();
  for (let time = 0; time < 3; time++) {
    tick(5_000);
    end();
  }
  assert.equal(sent.filter((words) => words === 'WATCHDOG=1').length, 4);
  notifier.stopping();
  end();
  tick(60_000);
  assert.equal(sent.filter((words) => words === 'WATCHDOG=1').length, 4);
});

test("another process's watchdog, or one that is no time, is not ours", () => {
  for (const environment of [
    { WATCHDOG_USEC: '10000000', WATCHDOG_PID: '8' },
    { WATCHDOG_USEC: 'soon' },
    { WATCHDOG_USEC: '5' },
  ]) {
    const { notifier, sent, end, tick } = scene({ ...socket, ...environment });
    notifier.ready('x');
    end();
    tick(60_000);
    assert.equal(sent.length, 1);
  }
});

test('a systemd-notify that fails, hangs or is not there costs a line, once, and nothing else', () => {
  const { notifier, sent, warnings, end, tick } = scene(socket);
  notifier.ready('x');
  for (let time = 0; time < 100; time++) notifier.reloading();
  end(1);
  tick(5_000);
  for (let time = 0; time < 100; time++) end(1);
  assert.deepEqual(warnings, ['service-manager-not-told']);
  assert.equal(sent.length, 17, 'what waits is bounded');
});
