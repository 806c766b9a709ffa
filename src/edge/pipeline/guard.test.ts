import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../kernel/clock.ts';
import type { LogFields } from '../../kernel/log.ts';
import { ErrorReports, reportLimits } from '../counts/errorReports.ts';
import { circuitLimits } from './circuit.ts';
import { Guard } from './guard.ts';
import { MadeModule, madeRequest } from './testing/made.ts';

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
  return { clock, lines, reports, guard: new Guard(clock, reports) };
}

/** Asks a module on the path of one site, and tells what stood in or `answered`. */
function asking(guard: Guard, head: () => void, before: 'open' | 'closed' = 'open', site = 'shop') {
  const module = new MadeModule(
    {
      head: () => {
        head();
        return undefined;
      },
    },
    { failure: { before, afterFirstByte: 'leave-out' } },
  );
  const on = guard.watch(module, module.compile({} as never, undefined), site);
  return () => {
    const request = madeRequest();
    guard.head(on, request);
    const stoodIn = module.stoodIn.pop();
    return stoodIn === undefined ? 'answered' : `${stoodIn}${request.isClosed ? ', closed' : ''}`;
  };
}

const fails = () => {
  throw new Error('broken');
};

test('a module that works is asked and its answer is taken', () => {
  const { guard } = arrange();
  const declining = { kind: 'decline', why: 'blocked' } as const;
  const reasons = { blocked: { status: 403, says: 'no' } };
  const module = new MadeModule({ head: () => declining }, { reasons });
  const request = madeRequest();
  guard.head(guard.watch(module, module.compile({} as never, undefined), 'shop'), request);
  assert.equal(request.step, declining);
  assert.equal(guard.failures, 0);
});

test('a module that is switched off is not asked', () => {
  const { guard } = arrange();
  const module = new MadeModule({}, { failure: { before: 'closed', afterFirstByte: 'cut' } });
  const request = madeRequest();
  guard.head(guard.watch(module, undefined, 'shop'), request);
  assert.deepEqual([module.stoodIn, request.isClosed, guard.failures], [['killed'], false, 0]);
});

test('a throw gives the neutral answer where the module fails open, a closed request where it fails closed', () => {
  const { guard, lines } = arrange();
  assert.equal(asking(guard, fails)(), 'module-failed');
  assert.equal(asking(guard, fails, 'closed')(), 'module-failed, closed');
  assert.equal(guard.failures, 2);
  assert.deepEqual([lines.length, lines[0]!.area, lines[0]!.message], [1, 'trial', 'Error: broken']);
});

test('an answer that is none counts as a failure', () => {
  const { guard } = arrange();
  for (const rubbish of [
    7,
    'pass',
    {},
    { kind: 'decline', why: 'no reason of its own' },
    { kind: 'wait' },
    { kind: 'answer' },
  ]) {
    const module = new MadeModule({ head: () => rubbish as never });
    const request = madeRequest();
    guard.head(guard.watch(module, module.compile({} as never, undefined), 'shop'), request);
    assert.deepEqual([module.stoodIn, request.step], [['module-failed'], undefined], JSON.stringify(rubbish));
  }
  assert.equal(guard.failures, 6);
});

test('a module that keeps failing is left alone, tried again after a pause, and taken back when it works', () => {
  const { clock, guard } = arrange();
  let calls = 0;
  let isBroken = true;
  const ask = asking(guard, () => {
    calls += 1;
    if (isBroken) fails();
  });
  const answers = Array.from({ length: 100 }, ask);
  assert.equal(calls, circuitLimits.failuresMin);
  assert.equal(answers.at(-1), 'circuit-open');

  clock.nowMs += circuitLimits.firstPauseMs;
  assert.equal(ask(), 'module-failed');
  assert.equal(ask(), 'circuit-open');
  assert.equal(calls, circuitLimits.failuresMin + 1, 'one trial');

  clock.nowMs += circuitLimits.firstPauseMs;
  assert.equal(ask(), 'circuit-open', 'the pause has doubled');
  clock.nowMs += circuitLimits.firstPauseMs;
  isBroken = false;
  assert.equal(ask(), 'answered');
  assert.equal(ask(), 'answered');
});

test('a module that keeps failing for one site goes on for the others', () => {
  const { guard } = arrange();
  const shop = asking(guard, fails, 'open', 'shop');
  for (let call = 0; call < 50; call++) shop();
  assert.equal(shop(), 'circuit-open');
  assert.equal(asking(guard, () => {}, 'open', 'blog')(), 'answered');
});

test('a circuit outlives the set that its path was compiled for, and goes with its site', () => {
  const { guard } = arrange();
  const ask = asking(guard, fails);
  for (let call = 0; call < 50; call++) ask();
  guard.forgetOthers();
  assert.equal(asking(guard, () => {})(), 'circuit-open');
  guard.forgetOthers();
  guard.forgetOthers();
  assert.equal(asking(guard, () => {})(), 'answered');
});

test('a module that fails now and then is kept', () => {
  const { guard } = arrange();
  let calls = 0;
  const ask = asking(guard, () => {
    calls += 1;
    if (calls % 3 === 0) throw new Error('now and then');
  });
  for (let call = 0; call < 300; call++) ask();
  assert.equal(calls, 300);
});

test('a module that eats the time is left alone, though it never throws, over all its sites', () => {
  const { clock, guard } = arrange();
  let calls = 0;
  const slow = () => {
    calls += 1;
    clock.nowMs += 8;
  };
  const sites = Array.from({ length: 10 }, (_, site) => asking(guard, slow, 'open', `site ${site}`));
  const startMs = clock.nowMs;
  for (let turn = 0; clock.nowMs < startMs + 60_000; turn++) {
    sites[turn % sites.length]!();
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
  let tookMs = 0;
  const ask = asking(guard, () => {
    clock.nowMs += tookMs;
  });
  guard.inARow(() => {
    for (tookMs of [1, 2, 3]) ask();
  });
  assert.equal(reads, 4);
  assert.equal(guard.modules.get('trial')!.times.sumMs, 6);
  clock.nowMs += 100;
  tookMs = 4;
  ask();
  assert.equal(guard.modules.get('trial')!.times.sumMs, 10, 'what lies between rows is no module’s');
});

test('what is done about one module’s failure is not the next one’s time', () => {
  const { clock, guard } = arrange();
  class Slow extends MadeModule {
    override neutral(): void {
      clock.nowMs += 50;
    }
  }
  const failing = new Slow({ head: fails });
  const good = new MadeModule({ head: () => undefined }, { name: 'good' });
  const [onFailing, onGood] = [failing, good].map((module) =>
    guard.watch(module, module.compile({} as never, undefined), ''),
  );
  guard.inARow(() => {
    guard.head(onFailing!, madeRequest());
    guard.head(onGood!, madeRequest());
  });
  assert.equal(guard.modules.get('trial')!.failures, 1);
  assert.equal(guard.modules.get('good')!.times.sumMs, 0);
});
