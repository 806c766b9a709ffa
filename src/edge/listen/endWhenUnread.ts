import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * For an answer that is complete on this side: what its visitor has not read waits in buffers here and holds the
 * connection. When nothing of it moves for `idleMs`, the connection ends.
 */
export function endWhenUnread(response: ServerResponse, socket: Socket, idleMs: number): void {
  // An answer whose turn has not come has no socket yet. Most answers are in the kernel's hands already.
  if (response.socket !== null && socket.writableLength === 0) return;
  if (response.socket === null) {
    response.once('socket', () => watch(response, socket, idleMs));
    return;
  }
  watch(response, socket, idleMs);
}

function watch(response: ServerResponse, socket: Socket, idleMs: number): void {
  let waiting = Number.POSITIVE_INFINITY;
  const check = () => {
    if (socket.writableLength >= waiting) socket.destroy();
    waiting = socket.writableLength;
  };
  setImmediate(check);
  const timer = setInterval(check, idleMs);
  response.on('close', () => clearInterval(timer));
}
