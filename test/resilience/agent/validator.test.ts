import assert from 'node:assert/strict';
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ValidatorProcess } from '../../../src/agent/index.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLogger } from '../../../src/kernel/log.ts';
import { payload } from '../smallBundles.ts';

const bounds = { cpuMsMax: 60_000, checkMsMax: 120_000, rssBytesMax: 400 << 20 };
const started: ChildProcess[] = [];

function validator(entry: string, how: string, limits = bounds): ValidatorProcess {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const start = () => {
    const child = spawn(process.execPath, ['--max-old-space-size=64', path, how], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    started.push(child);
    return child;
  };
  return new ValidatorProcess(start, systemClock, silentLogger, limits);
}

const task = {
  kind: 'features' as const,
  payload: Buffer.from(JSON.stringify(payload('features', 2))),
  acceptShift: false,
  current: {},
  heads: [],
};

const cases = [
  ['takes-typed-arrays', 'validation-memory'],
  ['takes-heap', 'validation-memory'],
  ['exits', 'validation-crashed'],
  ['throws', 'validation-crashed'],
] as const;

for (const [how, reason] of cases) {
  test(`a check that ${how}: ${reason}, its process is gone, the next check has another`, async () => {
    const checks = validator('./badValidator.ts', how);
    const first = await checks.check(task);
    assert.equal(first[0]?.reason, reason);
    const child = started.at(-1);
    assert.equal((await checks.check(task))[0]?.reason, reason);
    assert.notEqual(started.at(-1), child);
    checks.stop();
  });
}

test('a check that computes without end: validation-timeout by processor time', async () => {
  const checks = validator('./badValidator.ts', 'hangs', { ...bounds, cpuMsMax: 1_000 });
  assert.match((await checks.check(task))[0]?.message ?? '', /processor time/);
  checks.stop();
});

test('a check that waits without end: validation-timeout by the clock', async () => {
  const checks = validator('./badValidator.ts', 'waits', { ...bounds, checkMsMax: 500 });
  assert.equal((await checks.check(task))[0]?.reason, 'validation-timeout');
  checks.stop();
});

test('a process that was started ahead takes the first check; one that ended meanwhile costs nothing', async () => {
  const before = started.length;
  const checks = validator('../../../src/main/validator.ts', '');
  checks.warm();
  checks.warm();
  assert.deepEqual(await checks.check(task), []);
  assert.equal(started.length, before + 1);
  checks.stop();
  checks.warm();
  const child = started.at(-1)!;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  assert.deepEqual(await checks.check(task), []);
  assert.equal(started.length, before + 3);
  checks.stop();
});

test('the real validator: good payloads pass one after another in one process, a bad one is refused', async () => {
  const checks = validator('../../../src/main/validator.ts', '', bounds);
  assert.deepEqual(await checks.check(task), []);
  const child = started.at(-1);
  assert.deepEqual(await checks.check(task), []);
  const findings = await checks.check({ ...task, payload: Buffer.from('{"schema":1,"features":[]}') });
  assert.equal(findings[0]?.reason, 'features-empty');
  assert.equal(started.at(-1), child);
  checks.stop();
});

test('the real validator under a tight bound of memory refuses rather than grows', async () => {
  const checks = validator('../../../src/main/validator.ts', '', { ...bounds, rssBytesMax: 30 << 20 });
  assert.equal((await checks.check(task))[0]?.reason, 'validation-memory');
  checks.stop();
});

test('the system gives no process: a refusal with its reason, and the next check has another try', async () => {
  let starts = 0;
  const path = fileURLToPath(new URL('../../../src/main/validator.ts', import.meta.url));
  const start = () => {
    if (++starts === 1) throw Object.assign(new Error('spawn E2BIG'), { code: 'E2BIG' });
    const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
    return spawn(process.execPath, [path], { stdio, serialization: 'advanced' });
  };
  const checks = new ValidatorProcess(start, systemClock, silentLogger, bounds);
  const [first, second] = await Promise.all([checks.check(task), checks.check(task)]);
  assert.equal(first[0]?.reason, 'validation-crashed');
  assert.match(first[0]?.message ?? '', /E2BIG/);
  assert.deepEqual(second, []);
  checks.stop();
});
