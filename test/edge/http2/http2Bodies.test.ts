import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, afterEach, test } from 'node:test';
import { connect } from 'node:tls';
import { type Field, flag, frame, frameReader, frameType, headers, preface } from '../../smuggling/rawHttp2.ts';
import { certificateFolder, makeCertificate } from '../certificateFiles.ts';
import { site, startEdge, startOrigin, Undo } from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const times = { answerMs: 5_000, bodyIdleMs: 300, continueMs: 200, tunnelIdleMs: 5_000 };

async function arrange() {
  const { url } = await startOrigin(undo, async (message, response) => {
    let bytes = 0;
    for await (const chunk of message) bytes += (chunk as Buffer).length;
    response.end(message.url === '/large' ? Buffer.alloc(4 << 20) : String(bytes));
  });
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  return startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url)] } },
    listeners: [{ tls: { certificates, http2: true } }],
    times,
  });
}

for (const [says, fields] of [
  ['an empty body in a frame of its own', {}],
  ['an empty body that does not wait for the 100 that it asks for', { expect: '100-continue' }],
] as const) {
  test(`HTTP/2: ${says} is an end, not a wait`, { timeout: 10_000 }, async () => {
    const { port } = await arrange();
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    undo.add(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/', ':authority': 'shop.example', ...fields });
    stream.end();
    const status = await new Promise((resolve, reject) => {
      stream.on('response', (answer) => resolve(answer[':status']));
      stream.on('error', reject).resume();
    });
    assert.equal(status, 200);
  });
}

test('HTTP/2: an answer that a visitor opens no window for ends after a while, and the origin is let go', async () => {
  const { port, worker } = await arrange();
  const fields: Field[] = Object.entries({ ':method': 'GET', ':scheme': 'https', ':path': '/large' });
  const request = headers(1, [...fields, [':authority', 'shop.example']], flag.endHeaders | flag.endStream);
  const noWindow = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
  const options = { port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false };
  const socket = connect(options, () => socket.write(Buffer.concat([preface, noWindow, request])));
  undo.add(() => socket.destroy());
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.on(
      'data',
      frameReader(({ type, stream, payload }) => {
        if (stream === 1) seen.push(type);
        assert.ok(type !== frameType.data || payload.length === 0, 'there is no window');
        if (type === frameType.reset) resolve();
      }),
    );
  });
  assert.deepEqual([seen[0], seen.at(-1)], [frameType.headers, frameType.reset]);
  for (const until = performance.now() + 2_000; worker.counts().gauges.connections.upstream > 0; ) {
    assert.ok(performance.now() < until, 'the connection to the origin is still open');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
