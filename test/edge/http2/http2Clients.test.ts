import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import type { WorkerCounts } from '../../../src/contract/workerCounts.ts';
import { findProgram } from '../../browsers/programs.ts';
import { flag, frame, frameReader, frameType, headers, preface } from '../../smuggling/rawHttp2.ts';
import { certificateFolder, makeCertificate } from '../certificateFiles.ts';
import { site, startEdge, startOrigin, startRawOrigin, type TestEdge, Undo } from '../harness.ts';

/* Real clients on the edge's own HTTP/2, and what only a whole edge shows. */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());
const run = promisify(execFile);

/** Says at each place where it is. */
const positions = Buffer.from(Uint32Array.from({ length: 1 << 20 }, (_, index) => index).buffer);

const times = { answerMs: 10_000, bodyIdleMs: 1_000, continueMs: 200, tunnelIdleMs: 5_000 };

async function startShop(origin?: string): Promise<TestEdge> {
  const url =
    origin ??
    (
      await startOrigin(undo, async (message, response) => {
        const pieces: Buffer[] = [];
        for await (const piece of message) pieces.push(piece as Buffer);
        if (message.url === '/echo') response.end(Buffer.concat(pieces));
        else if (message.url === '/large') response.end(positions);
        else response.end('hello');
      })
    ).url;
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  return startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url)] } },
    listeners: [{ tls: { certificates, http2: true } }],
    times,
  });
}

function openSession({ port }: TestEdge): ClientHttp2Session {
  const options = { rejectUnauthorized: false, servername: 'shop.example', maxSessionMemory: 100 };
  const session = connectHttp2(`https://127.0.0.1:${port}`, options);
  session.on('error', () => {});
  undo.add(() => session.destroy());
  return session;
}

function ask(session: ClientHttp2Session, path: string, sent: Record<string, string> = {}, body?: Buffer) {
  return new Promise<{ status: number; bytes: Buffer }>((resolve, reject) => {
    const stream = session.request(
      { ':authority': 'shop.example', ':path': path, ...sent },
      { endStream: body === undefined },
    );
    let status = 0;
    const pieces: Buffer[] = [];
    stream.on('response', (answer) => {
      status = Number(answer[':status']);
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => resolve({ status, bytes: Buffer.concat(pieces) }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

const connectionsOf = ({ worker }: TestEdge): WorkerCounts['gauges']['connections'] =>
  worker.counts().gauges.connections;

test('Node: bodies of 4 MiB both ways at once, every octet where it was', async () => {
  const session = openSession(await startShop());
  const echoes = Array.from({ length: 4 }, () => ask(session, '/echo', { ':method': 'POST' }, positions));
  const loads = Array.from({ length: 4 }, () => ask(session, '/large'));
  for (const { status, bytes } of await Promise.all([...echoes, ...loads])) {
    assert.equal(status, 200);
    assert.ok(bytes.equals(positions));
  }
});

test('a length that is known and a body that has none go up as they are', async () => {
  const session = openSession(await startShop());
  const body = positions.subarray(0, 100_000);
  const sized = await ask(session, '/echo', { ':method': 'PUT', 'content-length': '100000' }, body);
  assert.ok(sized.bytes.equals(body));
  const head = await ask(session, '/large', { ':method': 'HEAD' });
  assert.deepEqual([head.status, head.bytes.length], [200, 0]);
});

const nghttp = findProgram('nghttp');
test('nghttp: a page and an upload', { skip: nghttp === undefined && process.env.CI !== 'true' }, async () => {
  const { port } = await startShop();
  const flags = ['--no-verify-peer', '--header=:authority: shop.example', '--stat', '-m', '20'];
  const { stdout } = await run(nghttp!, [...flags, '-n', `https://127.0.0.1:${port}/large`], { maxBuffer: 1 << 24 });
  assert.equal(stdout.match(/ 200 +\S+ \/large/g)?.length, 20, stdout);
});

const h2load = findProgram('h2load');
test('h2load: 2,000 requests on ten connections', {
  skip: h2load === undefined && process.env.CI !== 'true',
}, async () => {
  const { port } = await startShop();
  const flags = ['-n2000', '-c10', '-m50', '-H', ':authority: shop.example'];
  const { stdout } = await run(h2load!, [...flags, `https://127.0.0.1:${port}/`]);
  assert.match(stdout, /2000 succeeded, 0 failed, 0 errored/);
});

test('205 with a body is an answer without one', async () => {
  const origin = await startRawOrigin(undo, (socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello')),
  );
  const session = openSession(await startShop(origin));
  const { status, bytes } = await ask(session, '/');
  assert.deepEqual([status, bytes.length], [205, 0]);
});

test('fields that name more than is taken are answered with 431 and counted', async () => {
  const edge = await startShop();
  const session = openSession(edge);
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`x-${index}`, 'y']));
  assert.equal((await ask(session, '/', many)).status, 431);
  assert.equal((await ask(session, '/')).status, 200);
  assert.equal(edge.worker.health().rejected['head-too-large'], 1);
});

test('connections of HTTP/2 are counted as such, idle when none of their requests is under way', async () => {
  let answer = () => {};
  const { url } = await startOrigin(undo, (_, response) => {
    const before = answer;
    answer = () => {
      before();
      response.end('hello');
    };
  });
  const edge = await startShop(url);
  const session = openSession(edge);
  const asked = [1, 2, 3].map(() => ask(session, '/'));
  while (connectionsOf(edge).inRequest < 3) await sleep(10);
  assert.deepEqual(
    { ...connectionsOf(edge), upstream: 0 },
    { open: 1, idle: 0, inRequest: 3, tunnels: 0, upstream: 0 },
  );
  while (connectionsOf(edge).upstream < 3) await sleep(10);
  await sleep(50);
  answer();
  await Promise.all(asked);
  const { open, idle, inRequest } = connectionsOf(edge);
  assert.deepEqual({ open, idle, inRequest }, { open: 1, idle: 1, inRequest: 0 });
});

test('draining: requests that are open are answered, then the connection ends without a reset', async () => {
  let answer = () => {};
  const { url } = await startOrigin(undo, (_, response) => {
    answer = () => response.end('hello');
  });
  const edge = await startShop(url);
  const session = openSession(edge);
  const codes: number[] = [];
  session.on('goaway', (code, last) => codes.push(code, last));
  const closed = new Promise((resolve) => session.once('close', resolve));
  const asked = ask(session, '/');
  while (connectionsOf(edge).inRequest < 1) await sleep(10);
  edge.worker.drain(5_000);
  await sleep(100);
  answer();
  assert.equal((await asked).bytes.toString(), 'hello');
  await closed;
  assert.deepEqual(codes.slice(0, 2), [0, 2 ** 31 - 1]);
});

test('a visitor that leaves while its last answer is a refusal that it does not take is let go', async () => {
  const edge = await startShop();
  const options = { port: edge.port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false };
  const noWindow = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
  const request = (stream: number, method: string) => {
    const fields = { ':method': method, ':scheme': 'https', ':path': '/', ':authority': 'shop.example' };
    return headers(stream, Object.entries(fields), flag.endHeaders | flag.endStream);
  };
  const socket = connectTls(options, () => socket.write(Buffer.concat([preface, request(1, 'GET')])));
  undo.add(() => socket.destroy());
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.on(
      'data',
      frameReader(({ flags, stream }) => {
        if (stream === 1 && (flags & flag.endStream) !== 0) resolve();
      }),
    );
  });
  socket.end(Buffer.concat([noWindow, request(3, 'FROB')]));
  while (edge.worker.health().rejected['method-unknown'] !== 1) await sleep(10);
  assert.equal(connectionsOf(edge).open, 1);
  const until = performance.now() + 5_000;
  while (connectionsOf(edge).open > 0 && performance.now() < until) await sleep(20);
  assert.equal(connectionsOf(edge).open, 0);
});
