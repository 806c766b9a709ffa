import type { Socket } from 'node:net';

/** What Node's stream handles answer to a write without a request object: 0 or an error's number, or a request under way. */
type Written = number | PendingWrite;

interface PendingWrite {
  oncomplete: (status: number) => void;
  /** Set when it was over before anybody could listen. */
  writeStatus?: number | null;
}

interface StreamHandle {
  writeLatin1String?(request: null, text: string): Written;
}

/**
 * Writes text, one character per octet, straight to the kernel: for a short answer the bookkeeping of a writable stream
 * is some 4 % of the whole exchange. `net.Socket` does the same call below its bookkeeping; the runtime comes with the
 * package, and where it has no such call the socket's own way is taken. false: not done here, write it there.
 */
export function writeDirectly(socket: Socket, text: string, onPending: () => void, onWritten: () => void): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle: StreamHandle | null };
  // What waits in the stream goes first.
  if (socket.connecting || socket.writableLength > 0 || !socket.writable) return false;
  if (handle?.writeLatin1String === undefined) return false;
  const written = handle.writeLatin1String(null, text);
  if (written === 0) return true;
  if (typeof written === 'number') {
    socket.destroy(new Error(`write failed (${written})`));
    return true;
  }
  onPending();
  const complete = (status: number) => {
    if (status < 0) socket.destroy(new Error(`write failed (${status})`));
    else onWritten();
  };
  written.oncomplete = complete;
  const status = written.writeStatus;
  if (typeof status === 'number') {
    written.writeStatus = null;
    complete(status);
  }
  return true;
}
