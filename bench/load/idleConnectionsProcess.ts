import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { IdleConnectionsSaid, IdleConnectionsStart } from './idleConnections.ts';

/* Opens connections, sends one request on each, and holds them until SIGTERM. */

const concurrency = 32;
const head = 'GET /index.html HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: idle\r\nAccept: */*\r\n\r\n';
const { port, isTls, connections } = JSON.parse(process.argv[2]!) as IdleConnectionsStart;
const secureContext = isTls ? createSecureContext() : undefined;
const sockets: Socket[] = [];

process.on('message', () => tell({ open: sockets.filter((socket) => socket.readyState === 'open').length }));
process.on('disconnect', () => process.exit(0));
try {
  await Promise.all(Array.from({ length: concurrency }, openShare));
  tell({ open: sockets.length });
} catch (error) {
  tell({ failure: `connection ${sockets.length}: ${(error as Error).message}` });
}

async function openShare(): Promise<void> {
  while (sockets.length < connections) {
    const where = { port, host: '127.0.0.1' };
    const socket =
      secureContext === undefined
        ? connectPlain(where)
        : connectTls({ ...where, servername: 'shop.example', rejectUnauthorized: false, secureContext });
    sockets.push(socket);
    const signal = AbortSignal.timeout(20_000);
    socket.write(head);
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
    if (!answer.toString('latin1').startsWith('HTTP/1.1 200 ')) throw new Error(answer.toString('latin1', 0, 40));
    // The rest of the answer, and the end when the other side gives the connection up.
    socket.on('error', () => {});
    socket.resume();
  }
}

function tell(said: IdleConnectionsSaid): void {
  process.send?.(said);
}
