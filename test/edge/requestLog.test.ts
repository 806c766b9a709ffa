import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { LogBatchHeader, LogRecord } from '../../src/contract/logBatch.ts';
import { LogSender, senderLimits } from '../../src/edge/log/logSender.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { ask, blockRule, site, startEdge, startOrigin, tinyFeatures, tinyModel, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());
const receiverEntry = fileURLToPath(new URL('./frozenReceiver.ts', import.meta.url));

interface Line {
  readonly records?: number;
  readonly dropped?: number;
  readonly batch?: LogBatchHeader & { readonly last: Omit<LogRecord, 'vector'> & { vector: object | null } };
}

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'log.sock');
}

async function startReceiver(path: string): Promise<{ child: ChildProcess; lines: Line[] }> {
  const child = spawn(process.execPath, [receiverEntry, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  undo.add(() => {
    child.kill('SIGKILL');
    return exited;
  });
  const lines: Line[] = [];
  const listening = Promise.withResolvers<void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(JSON.parse(line) as Line);
    listening.resolve();
  });
  await listening.promise;
  return { child, lines };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const recordOf = (target: string): LogRecord => ({
  atMs: 1,
  site: 'default',
  method: 'GET',
  host: 'shop.example',
  target,
  status: 200,
  score: 50,
  absentReason: null,
  source: 'model',
  heuristics: [],
  vector: new Float32Array(60),
  action: 'pass',
  rule: null,
  logged: [],
  dry: [],
  unknowns: 0,
  clientAddress: '192.0.2.1',
  userAgent: 'test',
  ja4: '',
  http2: '',
  shadowScore: null,
  headerOrder: 0,
  country: '',
  asn: 0,
  operator: '',
  durationMs: 1,
});
const header: LogBatchHeader = { edge: 'e', worker: 1, versions: { features: 1 }, featureNames: ['a'] };

test('each request is logged with what judged it', async () => {
  const path = socketPath();
  const { lines } = await startReceiver(path);
  const { url } = await startOrigin(undo);
  const rules = [{ ...blockRule('bot.score < 30', 'try it'), dryRun: true }, blockRule('bot.score == 1', 'no curl')];
  const { port } = await startEdge(undo, {
    logSocket: path,
    set: {
      versions: { features: 12, model: 4, sites: 3 },
      features: tinyFeatures,
      model: tinyModel,
      sites: { schema: 1, sites: [site(url, rules)] },
    },
  });
  await ask(port, '/a?b', ['User-Agent: curl/8.0']);
  await until(() => lines.length > 1);
  const { last, ...shared } = lines[1]!.batch!;
  assert.deepEqual(shared, {
    edge: 'test-edge',
    worker: 1,
    versions: { features: 12, model: 4, sites: 3 },
    featureNames: ['path_length'],
    dropped: 0,
  });
  assert.deepEqual([last.method, last.host, last.target, last.site], ['GET', 'shop.example', '/a?b', 'default']);
  assert.deepEqual([last.status, last.score, last.source, last.absentReason], [403, 1, 'heuristics', null]);
  assert.deepEqual([last.action, last.rule, last.dry, last.unknowns], ['block', 'no curl', ['try it'], 0]);
  assert.deepEqual([last.clientAddress, last.userAgent, last.vector], ['127.0.0.1', 'curl/8.0', { 0: 2 }]);
  assert.ok(Math.abs(last.atMs - Date.now()) < 10_000 && last.durationMs >= 0);
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function keptBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('a frozen receiver costs records, which are counted; memory stays bounded; afterwards the count is told', async () => {
  const path = socketPath();
  const { child, lines } = await startReceiver(path);
  const sender = new LogSender(path, systemClock);
  undo.add(() => sender.close(100));
  sender.add(header, recordOf('/first'));
  await until(() => lines.length > 1);
  child.kill('SIGSTOP');
  const sentWhileFrozen = 60_000;
  const before = keptBytes();
  const started = performance.now();
  for (let index = 0; index < sentWhileFrozen; index++) {
    sender.add(header, recordOf(`/${index}`));
    if (index % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const tookUs = ((performance.now() - started) * 1_000) / sentWhileFrozen;
  assert.ok(sender.dropped > 10_000, `${sender.dropped} dropped`);
  // What is kept, not what the collector has not yet taken: resident memory varies by more than the bound.
  assert.ok(keptBytes() - before < 4 * senderLimits.queueBytesMax);
  child.kill('SIGCONT');
  const received = () => lines.slice(1).reduce((sum, line) => sum + line.records!, 0);
  await until(() => received() + sender.dropped === sentWhileFrozen + 1);
  sender.add(header, recordOf('/last'));
  await until(() => lines.at(-1)!.batch?.last.target === '/last');
  const told = lines.slice(1).reduce((sum, line) => sum + line.dropped!, 0);
  assert.equal(told, sender.dropped);
  console.log(`frozen receiver: ${sender.dropped} of ${sentWhileFrozen} dropped, ${tookUs.toFixed(2)} µs a record`);
});

test('whatever the receiver did not take when the sender closes is counted', async () => {
  const path = socketPath();
  const { child, lines } = await startReceiver(path);
  const sender = new LogSender(path, systemClock);
  sender.add(header, recordOf('/first'));
  await until(() => lines.length > 1);
  child.kill('SIGSTOP');
  const sent = 8_000;
  for (let index = 0; index < sent; index++) {
    sender.add(header, recordOf(`/${index}`));
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(sender.dropped, 0);
  await sender.close(100);
  child.kill('SIGCONT');
  const received = () => lines.slice(1).reduce((sum, line) => sum + (line.records ?? 0), 0);
  await until(() => received() + sender.dropped >= sent + 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(received() + sender.dropped, sent + 1);
  assert.ok(sender.dropped > 0);
});

test('without a receiver, too', async () => {
  const sender = new LogSender(socketPath(), systemClock);
  for (let index = 0; index < 3_000; index++) sender.add(header, recordOf(`/${index}`));
  await sender.close(100);
  assert.equal(sender.dropped, 3_000);
});

test('a receiver that is not there at first, or goes away, is found again', async () => {
  const path = socketPath();
  const sender = new LogSender(path, systemClock);
  undo.add(() => sender.close(100));
  sender.add(header, recordOf('/early'));
  const first = await startReceiver(path);
  await until(() => first.lines.length > 1);
  first.child.kill('SIGKILL');
  await new Promise((resolve) => first.child.once('exit', resolve));
  rmSync(path, { force: true });
  sender.add(header, recordOf('/between'));
  const second = await startReceiver(path);
  sender.add(header, recordOf('/late'));
  await until(() => second.lines.some((line) => line.batch?.last.target === '/late'));
});
