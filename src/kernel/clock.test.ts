import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as realSleep } from 'node:timers/promises';
import { systemClock, type TimerClock } from './clock.ts';
import { MadeUpClock } from './testing/madeUpClock.ts';

/** Each clock, and how its time passes. */
const clocks: Readonly<Record<string, () => { clock: TimerClock; pass: (ms: number) => Promise<unknown> }>> = {
  system: () => ({ clock: systemClock, pass: (ms) => realSleep(ms) }),
  'made-up': () => {
    const clock = new MadeUpClock();
    return { clock, pass: (ms) => clock.advance(ms) };
  },
};

for (const [name, make] of Object.entries(clocks)) {
  test(`${name} clock: a timer runs once, later than the call, and not after it was cancelled`, async () => {
    const { clock, pass } = make();
    const ran: string[] = [];
    const startMs = clock.monotonicMs();
    clock.after(0, () => ran.push('soon'));
    clock.after(20, () => ran.push('late'));
    const cancelled = clock.after(5, () => ran.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    assert.deepEqual(ran, []);
    await pass(60);
    await pass(60);
    assert.deepEqual(ran, ['soon', 'late']);
    assert.ok(clock.monotonicMs() - startMs >= 119);
  });

  test(`${name} clock: a timer that repeats does so until it is cancelled, also by what it runs`, async () => {
    const { clock, pass } = make();
    let times = 0;
    const timer = clock.every(5, () => {
      times += 1;
      if (times === 3) timer.cancel();
    });
    await pass(100);
    await pass(50);
    assert.equal(times, 3);
  });

  test(`${name} clock: one that is started again counts from then, also when it has run`, async () => {
    const { clock, pass } = make();
    const ran: number[] = [];
    const timer = clock.after(200, () => ran.push(clock.monotonicMs()));
    const startMs = clock.monotonicMs();
    await pass(100);
    timer.restart();
    await pass(250);
    assert.ok(ran.length === 1 && ran[0]! - startMs >= 299, `at ${ran[0]! - startMs} ms`);
    timer.restart();
    await pass(250);
    assert.equal(ran.length, 2);
    timer.restart();
    timer.cancel();
    await pass(250);
    assert.equal(ran.length, 2);
  });
}

test('the process stays for a timer that holds it, and for no other', () => {
  const clock = new URL('./clock.ts', import.meta.url).href;
  const program = `
    const { systemClock } = await import('${clock}');
    systemClock.after(600_000, () => {}, 'lets-go');
    systemClock.every(600_000, () => {}, 'lets-go').restart();
    systemClock.after(600_000, () => {}).cancel();
    systemClock.every(600_000, () => {}).cancel();
    systemClock.after(20, () => console.log('held'));
  `;
  const arguments_ = [
    ...process.execArgv.filter((each) => !each.startsWith('--test')),
    '--input-type=module',
    '-e',
    program,
  ];
  assert.equal(execFileSync(process.execPath, arguments_, { encoding: 'utf8', timeout: 20_000 }), 'held\n');
});
