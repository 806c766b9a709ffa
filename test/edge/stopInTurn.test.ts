import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock, type TimerClock } from '../../src/kernel/clock.ts';
import { certificateFolder, makeCertificate } from './certificateFiles.ts';
import { site, startEdge, startOrigin, Undo } from './harness.ts';

/*
 * The edge is told to stop between an answer's arrival from the origin and the end of that turn, when it is written. The
 * connection has no request under way then, and the visitor has nothing of its answer yet.
 */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const body = 'x'.repeat(3_000);

/** An edge that is told to stop as soon as an answer is handed over and not written. */
async function arrange() {
  let isAsked = false;
  let stop = () => {};
  const clock: TimerClock = {
    ...systemClock,
    monotonicMs: () => {
      // Behind whatever reads the time, and before anything else happens.
      if (isAsked) queueMicrotask(() => stop());
      return systemClock.monotonicMs();
    },
  };
  const { url } = await startOrigin(undo, (_request, response) => {
    isAsked = true;
    response.end(body);
  });
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  const edge = await startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url)] } },
    listeners: [{}, { tls: { certificates, http2: true } }],
    clock,
  });
  let hasStopped = false;
  stop = () => {
    if (hasStopped) return;
    isAsked = false;
    const isAnswered = edge.worker.counts().gauges.connections.idle === 1;
    isAsked = true;
    if (!isAnswered) return;
    hasStopped = true;
    edge.worker.onMessage({ type: 'drain', deadlineMs: 60_000, closeIdle: true });
  };
  return { ports: edge.ports, hasStopped: () => hasStopped };
}

function askHttp1(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n');
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

test('stopping: an answer that waits for the end of its turn is still written', { timeout: 10_000 }, async () => {
  const { ports, hasStopped } = await arrange();
  const text = await askHttp1(connect(ports[0]!, '127.0.0.1'));
  assert.ok(hasStopped());
  assert.ok(text.startsWith('HTTP/1.1 200 ') && text.endsWith(body), JSON.stringify(text.slice(0, 200)));
});

test('stopping, over TLS: an answer that waits for the end of its turn is still written', {
  timeout: 10_000,
}, async () => {
  const { ports, hasStopped } = await arrange();
  const options = { port: ports[1]!, host: '127.0.0.1', rejectUnauthorized: false };
  const text = await askHttp1(connectTls(options));
  assert.ok(hasStopped());
  assert.ok(text.startsWith('HTTP/1.1 200 ') && text.endsWith(body), JSON.stringify(text.slice(0, 200)));
});

test('stopping, over HTTP/2: an answer that waits for the end of its turn is still written', {
  timeout: 10_000,
}, async () => {
  const { ports, hasStopped } = await arrange();
  const session = connectHttp2(`https://127.0.0.1:${ports[1]!}`, { rejectUnauthorized: false });
  undo.add(() => session.destroy());
  session.on('error', () => {});
  const closed = new Promise((resolve) => session.on('close', resolve));
  const stream = session.request({ ':path': '/', ':authority': 'shop.example' });
  let text = '';
  stream.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  await new Promise((resolve) => stream.on('error', resolve).on('close', resolve));
  assert.ok(hasStopped());
  assert.equal(text, body);
  await closed;
});
