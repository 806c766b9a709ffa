import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { edgeLimits } from '../../../src/edge/exchange/limits.ts';
import { ask, exchangeBytes, parseAnswer, site, startEdge, startRawOrigin, type TestEdge, Undo } from '../harness.ts';

/* Origins and visitors that fail at each stage. After each fault nothing is left over, and the next request is served. */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());
const times = { answerMs: 400, bodyIdleMs: 400, continueMs: 50, tunnelIdleMs: 400 };

const patient = { answerMs: 30_000, bodyIdleMs: 30_000, continueMs: 30_000, tunnelIdleMs: 30_000 };

function edgeBefore(origin: string, waits = times) {
  return startEdge(undo, { set: { versions: {}, sites: { schema: 1, sites: [site(origin)] } }, times: waits });
}

/** No visitor is connected, no request under way, at the edge's count or at its origin's. */
async function nothingIsLeft({ worker }: TestEdge): Promise<void> {
  const until = performance.now() + 4_000;
  for (;;) {
    const { open, inRequest, tunnels } = worker.counts().gauges.connections;
    if (open === 0 && inRequest === 0 && tunnels === 0) return;
    assert.ok(performance.now() < until, JSON.stringify({ open, inRequest, tunnels }));
    await sleep(20);
  }
}

async function until(condition: () => boolean, msMax = 4_000): Promise<void> {
  const deadlineMs = performance.now() + msMax;
  while (!condition()) {
    assert.ok(performance.now() < deadlineMs, String(condition));
    await sleep(10);
  }
}

const reset = (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 20);
const answerHead = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n';

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

function inTwo(socket: Socket, first: string, second: string): void {
  socket.write(first);
  setTimeout(() => socket.write(second), 30);
}

interface OriginFault {
  readonly says: string;
  readonly onRequest: (socket: Socket) => unknown;
  /** undefined: the answer had begun, and breaks off. */
  readonly status?: number;
  readonly error?: string;
}

const originFaults: readonly OriginFault[] = [
  { says: 'resets without an answer', onRequest: reset, status: 502, error: 'upstream-closed' },
  {
    says: 'resets inside its head',
    onRequest: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nA: ');
      reset(socket);
    },
    status: 502,
    error: 'upstream-closed',
  },
  {
    says: 'hangs inside its head',
    onRequest: (socket) => socket.write('HTTP/1.1 200 OK\r\nA: '),
    status: 504,
    error: 'upstream-timeout',
  },
  {
    says: 'sends a head without end',
    onRequest: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(20_000)}`),
    status: 502,
    error: 'upstream-malformed',
  },
  {
    says: 'sends interim answers without end',
    onRequest: (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)),
    status: 502,
    error: 'upstream-malformed',
  },
  {
    says: 'dies behind an interim answer',
    onRequest: (socket) => socket.end('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    status: 502,
    error: 'upstream-closed',
  },
  {
    says: 'answers garbage behind an interim answer',
    onRequest: (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n\0\0\0\0\r\n\r\n'),
    status: 502,
    error: 'upstream-malformed',
  },
  {
    says: 'resets inside its body',
    onRequest: (socket) => {
      socket.write(`${answerHead}abc`);
      reset(socket);
    },
  },
  { says: 'hangs inside its body', onRequest: (socket) => socket.write(`${answerHead}abc`) },
  { says: 'sends less than its Content-Length', onRequest: (socket) => socket.end(`${answerHead}123456789`) },
  {
    says: 'sends garbage for a chunk',
    onRequest: (socket) => inTwo(socket, `${chunkedHead}3\r\nabc\r\n`, 'zz\r\n'),
  },
  {
    says: 'ends a chunk elsewhere than it said',
    onRequest: (socket) => inTwo(socket, `${chunkedHead}3\r\nabc`, 'd\r\n0\r\n\r\n'),
  },
];

for (const { says, onRequest, status, error } of originFaults) {
  test(`an origin that ${says}`, async () => {
    const edge = await edgeBefore(await startRawOrigin(undo, (socket) => socket.once('data', () => onRequest(socket))));
    const bytes = await exchangeBytes(edge.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', {
      until: /Holdfast-Error.*\n$/s,
    });
    const answer = parseAnswer(bytes);
    if (status === undefined) {
      // It was closed by the edge, and neither framing says that the body is whole.
      assert.equal(answer.status, 200);
      assert.ok(answer.body.length < 10 && !bytes.endsWith('0\r\n\r\n'), bytes);
      assert.equal(edge.worker.counts().counters.broken?.origin, 1);
    } else assert.deepEqual([answer.status, answer.headers['holdfast-error']], [status, error]);
    await nothingIsLeft(edge);
    assert.equal(edge.worker.counts().gauges.connections.upstream, 0);
  });
}

test('what an origin sends beyond its Content-Length reaches nobody, at once or later', async () => {
  for (const pauseMs of [0, 30]) {
    let connections = 0;
    const origin = await startRawOrigin(undo, (socket) => {
      connections += 1;
      socket.on('data', async () => {
        const extra = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${pauseMs === 0 ? extra : ''}`);
        if (pauseMs === 0) return;
        await sleep(pauseMs);
        socket.write(extra);
      });
    });
    const edge = await edgeBefore(origin);
    for (let round = 0; round < 3; round++) {
      assert.equal((await ask(edge.port, '/')).body, 'ok');
      await sleep(pauseMs * 2);
    }
    assert.equal(connections, 3);
    await nothingIsLeft(edge);
  }
});

test('an origin that answers instead of saying 100, and hangs inside its body, has the time of a body and no more', async () => {
  const origin = await startRawOrigin(undo, (socket) => socket.once('data', () => socket.write(`${answerHead}abc`)));
  const edge = await edgeBefore(origin, { ...times, answerMs: 30_000, continueMs: 5_000 });
  const expecting = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
  const answer = await exchangeBytes(edge.port, expecting, { timeoutMs: 3_000 });
  assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*abc$/);
  await nothingIsLeft(edge);
});

for (const [says, end] of [
  ['and keeps its connection', (_socket: Socket) => {}],
  ['and closes', (socket: Socket) => socket.end()],
  ['and resets', (socket: Socket) => reset(socket)],
] as const) {
  test(`an origin that answers before the upload has ended ${says}: the visitor has the answer`, async () => {
    const connections: Socket[] = [];
    const origin = await startRawOrigin(undo, (socket) => {
      connections.push(socket);
      socket.once('data', async (bytes) => {
        // It reads no further: the upload stands still when the answer comes.
        if (bytes.includes('/first')) {
          socket.pause();
          await sleep(150);
        }
        socket.write('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno');
        end(socket);
      });
    });
    const edge = await edgeBefore(origin);
    const socket = connect(edge.port, '127.0.0.1');
    undo.add(() => socket.destroy());
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    const uploadBytes = 16 << 20; // More than the kernel takes between the two.
    socket.write(`POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: ${uploadBytes}\r\n\r\n`);
    socket.write(Buffer.alloc(uploadBytes, 'a'));
    await until(() => /^HTTP\/1\.1 413 Too Much[\s\S]*no$/.test(received) && socket.writableLength === 0);
    // The rest of the upload was read and thrown away: the connection goes on. What the origin was sent breaks off in the
    // middle, so that its connection carries nothing more. One that is kept ends, too, but after four seconds.
    await until(() => edge.worker.counts().gauges.connections.upstream === 0, 2_000);
    socket.write('GET /second HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => received.split('413 Too Much').length === 3);
    assert.equal(connections.length, 2);
    assert.deepEqual(edge.worker.counts().counters.broken ?? {}, {});
    socket.destroy();
    await nothingIsLeft(edge);
  });
}

const hello = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const stages: readonly [says: string, sent: string, answer: string][] = [
  ['before it said anything', '', ''],
  ['inside its head', 'GET / HTTP/1.1\r\nHo', ''],
  ['while it waits for an answer', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', ''],
  ['with two requests sent ahead', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3), ''],
  ['while it waits for the 100', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n', ''],
  ['inside its body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc', ''],
  ['inside a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc', ''],
  ['inside its answer', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', `${answerHead}abc`],
  ['behind its answer', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', `${answerHead}0123456789`],
  ['in a tunnel', hello, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc'],
];
for (const [says, sent, answer] of stages) {
  for (const [how, leave] of [
    ['closes', (socket: Socket) => socket.destroy()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    test(`a visitor that ${how} ${says}`, async () => {
      const edge = await edgeBefore(
        await startRawOrigin(undo, (socket) => socket.on('data', () => answer === '' || socket.write(answer))),
        // A reset is noticed, unless reading stopped for what was sent ahead. Behind a close an answer may still be read.
        how === 'resets' && !says.includes('ahead') ? patient : times,
      );
      const socket = connect(edge.port, '127.0.0.1');
      undo.add(() => socket.destroy());
      socket.on('error', () => {}).on('data', () => {});
      socket.write(sent);
      await sleep(60);
      leave(socket);
      await nothingIsLeft(edge);
      assert.equal(edge.worker.counts().counters.errors?.internal, undefined);
    });
  }
}

test('a visitor that sends and reads an octet at a time is served all the same', async () => {
  const edge = await edgeBefore(
    await startRawOrigin(undo, (socket) => {
      let received = '';
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (received.endsWith('12345')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
      });
    }),
  );
  const socket = connect({ port: edge.port, host: '127.0.0.1', noDelay: true });
  undo.add(() => socket.destroy());
  for (const octet of 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345') {
    socket.write(octet);
    await sleep(4);
  }
  let received = '';
  while (!received.endsWith('whole')) {
    const octet = socket.read(1) as Buffer | null;
    if (octet === null) await sleep(5);
    else received += octet.toString('latin1');
  }
  assert.match(received, /^HTTP\/1\.1 200 OK/);
});

test('more connections than a worker may have: those beyond are turned away and counted, the others are served', async () => {
  const limits = edgeLimits as { connectionsMax: number };
  const { connectionsMax } = limits;
  undo.add(() => {
    limits.connectionsMax = connectionsMax;
  });
  limits.connectionsMax = 10;
  const edge = await edgeBefore(
    await startRawOrigin(undo, (socket) => socket.on('data', () => socket.write(`${answerHead}0123456789`))),
  );
  let closed = 0;
  const sockets = Array.from({ length: 15 }, () => {
    const socket = connect(edge.port, '127.0.0.1');
    undo.add(() => socket.destroy());
    socket
      .on('error', () => {})
      .on('close', () => {
        closed += 1;
      });
    return socket;
  });
  while (closed < 5) await sleep(10);
  assert.equal(edge.worker.health().rejected['connections-too-many'], 5);
  let served = 0;
  for (const socket of sockets) {
    if (socket.destroyed) continue;
    socket.on('data', () => {
      served += 1;
    });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  }
  while (served < 10) await sleep(10);
  for (const socket of sockets) socket.destroy();
  await nothingIsLeft(edge);
  // There is room again.
  assert.equal((await ask(edge.port, '/')).body, '0123456789');
});
