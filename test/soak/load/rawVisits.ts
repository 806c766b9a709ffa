import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Visit, World } from './world.ts';

/*
 * Visits that no client library makes: slow ones, ones that vanish at a stage, requests that are none, tunnels.
 */
/** A machine that stands still for a moment is no failure of the edge. */
const answerMsMax = 60_000;

function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  return socket;
}

function headText(world: World, method: string, target: string, more = ''): string {
  const { headers } = world.head();
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}${more}\r\n`;
}

/** Everything that comes until `isWhole` or the end. */
function received(socket: Socket, isWhole: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`silent; so far ${JSON.stringify(text.slice(0, 80))}`));
    }, answerMsMax);
    const finish = () => {
      clearTimeout(timer);
      resolve(text);
    };
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (isWhole(text)) finish();
    });
    socket.on('close', finish);
  });
}

/** Through a listener that expects the PROXY header (version 1), from one of very many addresses. */
export const proxied: Visit = async (world) => {
  const socket = open(world.ports.proxied);
  socket.write(`PROXY TCP4 ${world.address()} 192.0.2.1 ${1_024 + world.below(60_000)} 80\r\n`);
  for (let turn = 0; turn < 2; turn++) {
    socket.write(headText(world, 'GET', '/a'));
    const text = await received(socket, (said) => said.endsWith('from the origin fr'));
    socket.removeAllListeners('data');
    if (!text.startsWith('HTTP/1.1 200 ')) throw new Error(JSON.stringify(text.slice(0, 60)));
  }
  socket.destroy();
};

/** Takes a megabyte with pauses, so that edge and origin have to wait. */
export const slowReader: Visit = async (world) => {
  const socket = open(world.ports.plain);
  socket.write(headText(world, 'GET', '/bytes/1048576', 'Connection: close\r\n'));
  let bytes = 0;
  let isOver = false;
  socket.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (isOver) return;
    socket.pause();
    setTimeout(() => socket.resume(), 100);
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([closed, sleep(4_000)]);
  isOver = true;
  socket.resume();
  await closed;
  if (bytes < 1_048_576) throw new Error(`${bytes} bytes`);
};

/** A head, then a body, octet by octet at first. */
export const slowSender: Visit = async (world) => {
  const socket = open(world.ports.plain);
  const answer = received(socket, (text) => /\r\n\r\n10 \d+$/.test(text));
  const head = headText(world, 'POST', '/upload', 'Content-Length: 10\r\n');
  for (let at = 0; at < 10; at++) {
    socket.write(head[at]!);
    await sleep(100);
  }
  socket.write(head.slice(10));
  for (let at = 0; at < 10; at++) {
    await sleep(200);
    socket.write('x');
  }
  const text = await answer;
  socket.destroy();
  if (!text.startsWith('HTTP/1.1 200 ')) throw new Error(JSON.stringify(text.slice(0, 60)));
};

/** A visitor that is gone at a stage of the way, with a reset or a goodbye. */
export const vanishes: Visit = async (world) => {
  const stages: readonly ((socket: Socket) => void)[] = [
    () => {},
    (socket) => socket.write('GE'),
    (socket) => socket.write(headText(world, 'GET', '/a').slice(0, 100)),
    (socket) => socket.write(headText(world, 'GET', '/late/500')),
    (socket) => socket.write(`${headText(world, 'POST', '/a', 'Content-Length: 50000\r\n')}abc`),
    (socket) => socket.write(`${headText(world, 'POST', '/a', 'Transfer-Encoding: chunked\r\n')}5\r\nab`),
    (socket) => socket.write(headText(world, 'GET', '/bytes/1048576')),
    (socket) => socket.write(headText(world, 'GET', '/a').repeat(3)),
  ];
  const socket = open(world.ports.plain);
  stages[world.below(stages.length)]!(socket);
  await leave(world, socket);
};

/** The same on the TLS port: before, in and after the handshake. */
export const vanishesInTls: Visit = async (world) => {
  const stage = world.below(4);
  if (stage < 2) {
    const socket = open(world.ports.tls);
    if (stage === 1) socket.write(Buffer.from('16030102000100', 'hex'));
    await leave(world, socket);
    return;
  }
  const socket = open(world.ports.tls);
  const secure = connectTls({ socket, rejectUnauthorized: false });
  secure.on('error', () => {});
  if (stage === 2) secure.once('secureConnect', () => secure.write(headText(world, 'GET', '/bytes/1048576')));
  await leave(world, socket);
  secure.destroy();
};

async function leave(world: World, socket: Socket): Promise<void> {
  await sleep(5 + world.below(60));
  const way = world.below(3);
  if (way === 0) socket.resetAndDestroy();
  else if (way === 1) socket.destroy();
  else {
    // Says goodbye and listens until the edge has had enough.
    socket.end();
    socket.resume();
    await Promise.race([new Promise<void>((resolve) => socket.once('close', () => resolve())), sleep(3_000)]);
    socket.destroy();
  }
}

const malformedRequests = [
  'GET / HTTP/1.1\nHost: a\n\n',
  'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`,
  'FROBNICATE\r\n\r\n',
] as const;

/** Refused with a 4xx or 5xx of the edge's own, and the connection is ended. */
export const malformed: Visit = async (world) => {
  const socket = open(world.below(5) === 0 ? world.ports.tls : world.ports.plain);
  socket.write(malformedRequests[world.below(malformedRequests.length)]!);
  const text = await received(socket, () => false);
  socket.destroy();
  if (!/^HTTP\/1\.1 [45]\d\d /.test(text)) throw new Error(JSON.stringify(text.slice(0, 60)));
};

const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** Opens a tunnel, has a few messages echoed, and one of the two ends leaves. */
export const webSocket: Visit = async (world) => {
  const socket = open(world.ports.plain);
  socket.write(headText(world, 'GET', '/chat', upgrade));
  const said = await received(socket, (text) => text.includes('\r\n\r\n'));
  if (!said.startsWith('HTTP/1.1 101 ')) throw new Error(JSON.stringify(said.slice(0, 60)));
  for (let turn = 0; turn < 4; turn++) {
    socket.removeAllListeners('data');
    const message = `message ${turn} ${'m'.repeat(world.below(5_000))};`;
    socket.write(message);
    const echoed = await received(socket, (text) => text.endsWith(';'));
    if (echoed !== message) throw new Error(`${echoed.length} of ${message.length} characters came back`);
    await sleep(200);
  }
  if (world.below(2) === 0) socket.destroy();
  else {
    socket.write('leave');
    await received(socket, () => false);
  }
};
