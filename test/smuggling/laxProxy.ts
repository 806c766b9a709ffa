import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Undo } from '../edge/harness.ts';
import type { Front } from './fronts.ts';
import { startLaxHttp2 } from './laxHttp2.ts';

/*
 * A proxy as one should not write it: it reads heads with patterns, takes what looks like a field for that field, and
 * forwards the visitor's bytes. The suite must find it out; that is its only use.
 */

export async function startLaxProxy(undo: Undo, originPort: number): Promise<Front> {
  const read: string[] = [];
  const kept: Socket[] = [];
  const open = new Set<Socket>();
  const track = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    return socket;
  };
  const toOrigin = () => kept.pop() ?? track(connect(originPort, '127.0.0.1'));
  const server = createServer((visitor) => {
    track(visitor);
    const origin = toOrigin();
    let waiting = '';
    origin.on('data', (bytes) => visitor.write(bytes));
    origin.on('close', () => visitor.end());
    visitor.on('data', (bytes) => {
      waiting += bytes.toString('latin1');
      for (let length = messageLength(waiting); length > 0; length = messageLength(waiting)) {
        read.push(waiting.split(' ', 2).join(' '));
        origin.write(Buffer.from(waiting.slice(0, length), 'latin1'));
        waiting = waiting.slice(length);
      }
    });
    visitor.on('close', () => {
      origin.removeAllListeners('data').removeAllListeners('close');
      if (origin.writable) kept.push(origin);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http2 = await startLaxHttp2(undo, originPort, read);
  const close = () => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  undo.add(close);
  return {
    port: (server.address() as AddressInfo).port,
    http2Port: http2.port,
    finish: async () => {
      await Promise.all([close(), http2.close()]);
      return read;
    },
  };
}

/** Octets of the first message in `text`; 0: it is not whole. Believes every field, however it is written. */
function messageLength(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + 4;
  if (headEnd === 3) return 0;
  const head = text.slice(0, headEnd).replaceAll(/[_\s]+/g, (run) => (run.startsWith('\r\n') ? run : '-'));
  if (/transfer-encoding.{0,3}:.*chunked/i.test(head)) {
    const last = text.indexOf('0\r\n\r\n', headEnd);
    return last === -1 ? 0 : last + 5;
  }
  const length = Number(/content-length\W*?(\d+)/i.exec(head)?.[1] ?? 0);
  return text.length < headEnd + length ? 0 : headEnd + length;
}
