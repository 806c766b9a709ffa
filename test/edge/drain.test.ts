import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { EdgeWorker, ErrorReports, Guard } from '../../src/edge/worker/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { ok } from '../../src/kernel/result.ts';
import { site, startOrigin, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

async function startWorker(origin: string) {
  const set = { versions: {}, sites: { schema: 1 as const, sites: [site(origin)] } };
  const reports = new ErrorReports(systemClock, silentLogger);
  const drained = Promise.withResolvers<void>();
  const worker = new EdgeWorker({
    edge: 'e',
    slot: 1,
    trustedProxies: [],
    logSocket: null,
    sets: { readSet: () => ok(set), currentSet: () => ({ set, missing: [] }) },
    guard: new Guard(systemClock, reports),
    reports,
    clock: systemClock,
    logger: silentLogger,
    send: () => {},
    onDrained: drained.resolve,
  });
  undo.add(() => worker.drain(0));
  const { port } = await worker.start({ host: '127.0.0.1', port: 0 }, 'current', []);
  return { worker, port, drained: drained.promise };
}

/** Everything that arrived on the socket, as it grows. */
function collect(socket: Socket): { text: string } {
  const received = { text: '' };
  socket.on('data', (chunk) => {
    received.text += chunk.toString();
  });
  return received;
}

test('draining: a request under way is answered, an idle connection gets one more answer, nobody is reset', async () => {
  let release = () => {};
  const { url } = await startOrigin(undo, (request, response) => {
    if (request.url === '/slow') release = () => response.end('slow');
    else response.end('quick');
  });
  const { worker, port, drained } = await startWorker(url);
  const idle = connect(port, '127.0.0.1');
  const idleReceived = collect(idle);
  idle.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const busy = connect(port, '127.0.0.1');
  const busyReceived = collect(busy);
  busy.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));

  worker.drain(10_000);
  const late = connect(port, '127.0.0.1');
  await new Promise((resolve) => late.once('error', resolve));
  assert.equal(idle.readyState, 'open', 'idle connections are not closed under a request that may be on its way');
  idle.write('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => idle.once('close', resolve));
  assert.match(idleReceived.text, /connection: close\r\n[\s\S]*quick$/i);
  release();
  await new Promise((resolve) => busy.once('close', resolve));
  assert.match(busyReceived.text, /slow$/);
  await drained;
});

test('draining ends at its deadline, whoever holds on', async () => {
  const { url } = await startOrigin(undo, () => {});
  const { worker, port, drained } = await startWorker(url);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  worker.drain(100);
  await Promise.all([drained, new Promise((resolve) => socket.once('close', resolve))]);
});

test('when the edge itself stops, idle connections end at once and the request under way is still answered', async () => {
  let release = () => {};
  const { url } = await startOrigin(undo, (request, response) => {
    if (request.url === '/slow') release = () => response.end('slow');
    else response.end('quick');
  });
  const { worker, port, drained } = await startWorker(url);
  const idle = connect(port, '127.0.0.1');
  idle.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const busy = connect(port, '127.0.0.1');
  const busyReceived = collect(busy);
  busy.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const idleEnded = new Promise((resolve) => idle.once('close', resolve));
  worker.drain(60_000, true);
  await idleEnded;
  const busyEnded = new Promise((resolve) => busy.once('close', resolve));
  release();
  await Promise.all([drained, busyEnded]);
  assert.match(busyReceived.text, /^HTTP\/1\.1 200 [\s\S]*slow/);
});
