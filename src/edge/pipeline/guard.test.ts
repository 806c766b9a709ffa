import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../kernel/clock.ts';
import type { LogFields } from '../../kernel/log.ts';
import { ErrorReports, reportLimits } from '../counts/errorReports.ts';
import { circuitLimits } from './circuit.ts';
import { CircuitGuard } from './guard.ts';
import { type Module, ModuleRefusal } from './module.ts';

class StoppedClock implements Clock {
  nowMs = 1_000;
  monotonicMs = () => this.nowMs;
  wallMs = () => this.nowMs;
}

function arrange() {
  const clock = new StoppedClock();
  const lines: LogFields[] = [];
  const logger = { info() {}, warn() {}, error: (_event: string, fields: LogFields = {}) => lines.push(fields) };
  const reports = new ErrorReports(clock, logger);
  return { clock, lines, reports, guard: new CircuitGuard(clock, reports) };
}

function moduleOf(run: (input: number) => string, onFailure: 'open' | 'closed' = 'open'): Module<number, string> {
  return { name: 'trial', onFailure, neutral: (reason) => `neutral: ${reason}`, run };
}

test('a module that works is asked and its answer is taken', () => {
  const { guard } = arrange();
  assert.equal(
    guard.call(
      moduleOf((input) => `got ${input}`),
      3,
      false,
    ),
    'got 3',
  );
  assert.equal(guard.failures, 0);
});

test('a module that is switched off is not asked', () => {
  const { guard } = arrange();
  const module = moduleOf(() => assert.fail('asked'), 'closed');
  assert.equal(guard.call(module, 1, true), 'neutral: killed');
});

test('a throw gives the neutral answer where the module fails open, a refusal where it fails closed', () => {
  const { guard, lines } = arrange();
  const fails = () => {
    throw new Error('broken');
  };
  assert.equal(guard.call(moduleOf(fails), 1, false), 'neutral: module-failed');
  assert.throws(() => guard.call(moduleOf(fails, 'closed'), 1, false), ModuleRefusal);
  assert.equal(guard.failures, 2);
  assert.deepEqual([lines.length, lines[0]!.area, lines[0]!.message], [1, 'trial', 'Error: broken']);
});

test('a module that keeps failing is left alone, tried again after a pause, and taken back when it works', () => {
  const { clock, guard } = arrange();
  let calls = 0;
  let isBroken = true;
  const module = moduleOf(() => {
    calls += 1;
    if (isBroken) throw new Error('broken');
    return 'fine';
  });
  const answers = Array.from({ length: 100 }, () => guard.call(module, 1, false));
  assert.equal(calls, circuitLimits.failuresMin);
  assert.equal(answers.at(-1), 'neutral: circuit-open');

  clock.nowMs += circuitLimits.firstPauseMs;
  assert.equal(guard.call(module, 1, false), 'neutral: module-failed');
  assert.equal(guard.call(module, 1, false), 'neutral: circuit-open');
  assert.equal(calls, circuitLimits.failuresMin + 1, 'one trial');

  clock.nowMs += circuitLimits.firstPauseMs;
  assert.equal(guard.call(module, 1, false), 'neutral: circuit-open', 'the pause has doubled');
  clock.nowMs += circuitLimits.firstPauseMs;
  isBroken = false;
  assert.equal(guard.call(module, 1, false), 'fine');
  assert.equal(guard.call(module, 1, false), 'fine');
});

test('a module that fails now and then is kept', () => {
  const { guard } = arrange();
  let calls = 0;
  const module = moduleOf(() => {
    calls += 1;
    if (calls % 3 === 0) throw new Error('now and then');
    return 'fine';
  });
  for (let call = 0; call < 300; call++) guard.call(module, 1, false);
  assert.equal(calls, 300);
});

test('a module that eats the time is left alone, though it never throws', () => {
  const { clock, guard } = arrange();
  let calls = 0;
  const module = moduleOf(() => {
    calls += 1;
    clock.nowMs += 8;
    return 'slow';
  });
  const startMs = clock.nowMs;
  while (clock.nowMs < startMs + 60_000) {
    guard.call(module, 1, false);
    clock.nowMs += 2;
  }
  // Unguarded it would be 6,000 calls; each second of it is followed by a pause twice the last one.
  assert.ok(calls * 8 < 60_000 * 0.15, `${calls} calls of 8 ms in a minute`);
});

test('one fault with changing numbers is one group, whether it is an error or a text', () => {
  const { reports } = arrange();
  for (let port = 0; port < 100; port++) {
    reports.add('upstream', `connect ECONNREFUSED 127.0.0.1:${port}`);
    reports.add('upstream', new Error(`connect ECONNREFUSED 127.0.0.1:${port}`));
  }
  assert.equal(reports.groupCount, 2);
});

test('a full table still tells of a new fault, and forgets the one that is longest quiet', () => {
  const { clock, lines, reports } = arrange();
  const word = (index: number) => String.fromCharCode(97 + (index % 26), 97 + Math.floor(index / 26));
  for (let index = 0; index < 500; index++) {
    reports.add('request', `quiet ${word(index)}`);
    if (index % 20 === 0) reports.add('request', 'again and again');
    clock.nowMs += 20;
  }
  assert.equal(reports.groupCount, reportLimits.groupsMax);
  clock.nowMs += 10_000;
  reports.add('request', 'something new');
  assert.equal(lines.at(-1)!.message, 'something new');
  reports.add('request', 'again and again');
  assert.ok((lines.at(-1)!.total as number) === 26, 'it kept its place');
  const told = lines.reduce((sum, line) => sum + (line.count as number), 0);
  assert.equal(reports.total, 527);
  assert.ok(told + (lines.at(-1)!.unexamined as number) >= reports.total - reportLimits.groupsMax, `${told} told`);
});

test('a million errors: fixed memory, few lines, and at most 1 % of a core at 2,000 errors a second', () => {
  const { clock, lines, reports } = arrange();
  const errors = Array.from({ length: 1_000 }, (_, index) =>
    Object.assign(new Error(`fault ${'x'.repeat(index % 300)}`), {
      code: `E${String.fromCharCode(65 + (index % 26))}`,
    }),
  );
  const started = process.cpuUsage();
  const seconds = 500;
  for (let second = 0; second < seconds; second++) {
    for (let index = 0; index < 2_000; index++) reports.add(index % 2 === 0 ? 'bots' : 'rules', errors[index % 1_000]);
    clock.nowMs += 1_000;
  }
  const { user, system } = process.cpuUsage(started);
  const shareOfCore = (user + system) / 1e6 / seconds;
  assert.ok(shareOfCore < 0.01, `${(shareOfCore * 100).toFixed(3)} % of a core`);
  assert.equal(reports.total, 2_000 * seconds);
  assert.ok(reports.groupCount <= reportLimits.groupsMax, `${reports.groupCount} groups`);
  const unexamined = lines.at(-1)!.unexamined as number;
  assert.ok(unexamined > 1_000 * seconds, `${unexamined} were only counted`);
  const linesMax = reportLimits.groupsMax + seconds * reportLimits.linesPerSecondMax;
  assert.ok(lines.length <= linesMax, `${lines.length} lines`);
  console.log(`error reports: ${(shareOfCore * 100).toFixed(3)} % of a core at 2,000 a second, ${lines.length} lines`);
});

test('calls in a row read the clock once each, and their times add up to what passed', () => {
  const { clock, guard } = arrange();
  let reads = 0;
  clock.monotonicMs = () => {
    reads += 1;
    return clock.nowMs;
  };
  const module = moduleOf((tookMs) => {
    clock.nowMs += tookMs;
    return 'fine';
  });
  guard.inARow(() => {
    for (const tookMs of [1, 2, 3]) guard.call(module, tookMs, false);
  });
  assert.equal(reads, 4);
  assert.equal(guard.modules.get('trial')!.times.sumMs, 6);
  clock.nowMs += 100;
  guard.call(module, 4, false);
  assert.equal(guard.modules.get('trial')!.times.sumMs, 10, 'what lies between rows is no module’s');
});

test('what is done about one module’s failure is not the next one’s time', () => {
  const { clock, guard } = arrange();
  const failing = {
    ...moduleOf(() => {
      throw new Error('broken');
    }),
    neutral: (reason: string) => {
      clock.nowMs += 50;
      return reason;
    },
  };
  const good = { ...moduleOf(() => 'fine'), name: 'good' };
  guard.inARow(() => {
    assert.equal(guard.call(failing, 0, false), 'module-failed');
    assert.equal(guard.call(good, 0, false), 'fine');
  });
  assert.equal(guard.modules.get('good')!.times.sumMs, 0);
});
