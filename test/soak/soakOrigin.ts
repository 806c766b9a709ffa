import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { startOfBody } from './load/body.ts';

const smallAnswer = Buffer.alloc(130, 'from the origin ');

/**
 * Two origins in this process. The good one: `/bytes/N`, `/chunked/N`, `/late/MS`, a POST's length and checksum, an echo
 * behind an upgrade. The bad one does what its path says, on raw sockets.
 */
export interface SoakOrigin {
  readonly good: string;
  readonly bad: string;
  stop(): Promise<void>;
}

export async function startSoakOrigin(): Promise<SoakOrigin> {
  const good = createServer({ keepAliveTimeout: 120_000 }, (request, response) => void answer(request, response));
  good.on('upgrade', (_request, socket: Socket) => echo(socket));
  const open = new Set<Socket>();
  const bad = createNetServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (bytes: Buffer) => misbehave(socket, bytes.toString('latin1')));
  });
  return {
    good: await listen(good),
    bad: await listen(bad),
    stop: async () => {
      good.closeAllConnections();
      for (const socket of open) socket.destroy();
      await Promise.all([good, bad].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.on('error', () => {});
  response.on('error', () => {});
  const [, what = '', size = ''] = (request.url ?? '').split('/');
  if (request.method === 'POST') {
    let bytes = 0;
    let sum = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      sum = crc32(piece, sum);
    });
    request.on('end', () => response.end(`${bytes} ${sum}`));
    return;
  }
  if (what === 'late') await sleep(Number(size));
  if (what === 'bytes') response.end(startOfBody(Number(size)));
  else if (what === 'chunked') {
    const body = startOfBody(Number(size));
    response.write(body.subarray(0, body.length / 2));
    response.end(body.subarray(body.length / 2));
  } else response.end(smallAnswer);
}

function echo(socket: Socket): void {
  socket.on('error', () => {});
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n',
  );
  socket.on('data', (bytes: Buffer) => {
    if (bytes.includes('leave')) socket.destroy();
    else socket.write(bytes);
  });
  socket.on('end', () => socket.end());
}

/** What the bad origin does under each path, once it has read anything of a request. */
const misdeeds: Readonly<Record<string, (socket: Socket) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  hangup: (socket) => socket.destroy(),
  garbage: (socket) => socket.end('HTTP/1.1 nonsense\r\n\r\n'),
  half: (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(5_000)}`),
  halfchunk: (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n${'x'.repeat(5_000)}`),
  midreset: (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(5_000)}`);
    setTimeout(() => socket.resetAndDestroy(), 30);
  },
  silent: () => {},
};

function misbehave(socket: Socket, text: string): void {
  const what = /^GET \/(\w+)/.exec(text)?.[1] ?? 'hangup';
  (misdeeds[what] ?? misdeeds.hangup)!(socket);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
