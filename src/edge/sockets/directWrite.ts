import type { Socket } from 'node:net';
import { assert } from '../../kernel/assert.ts';
import { socketLimits } from './limits.ts';

/** What Node's stream handles answer to a write without a request object: 0 or an error's number, or a request under way. */
type Written = number | PendingWrite;

interface PendingWrite {
  oncomplete: (status: number) => void;
  /** What is being written, so that it is not collected before it is: nothing else holds it. */
  buffer: unknown;
  /** Set when it was over before anybody could listen. */
  writeStatus?: number | null;
}

interface StreamHandle {
  writeLatin1String?(request: null, text: string): Written;
  writeBuffer?(request: null, bytes: Uint8Array): Written;
}

/** Told when the kernel did not take all at once, and when it has. */
export interface DirectWriteEvents {
  readonly onPending: () => void;
  readonly onWritten: () => void;
}

/** Where text and octets are put together. */
const memoryBytes = socketLimits.copiedBytesMax;
let memory = Buffer.allocUnsafeSlow(memoryBytes);

/**
 * Writes text, one character per octet, straight to the kernel: for a short answer the bookkeeping of a writable stream
 * is some 4 % of the whole exchange. `net.Socket` does the same call below its bookkeeping; the runtime comes with the
 * package, and where it has no such call the socket's own way is taken. false: not done here, write it there.
 */
export function writeDirectly(socket: Socket, text: string, events: DirectWriteEvents): boolean {
  const handle = freeHandle(socket);
  if (handle?.writeLatin1String === undefined) return false;
  follow(socket, handle.writeLatin1String(null, text), events);
  return true;
}

/**
 * The same with octets behind the text, which are copied once; as a part of the text they would be three times. Both together
 * are `copiedBytesMax` at the most.
 */
export function writeBytesDirectly(socket: Socket, text: string, bytes: Buffer, events: DirectWriteEvents): boolean {
  const handle = freeHandle(socket);
  if (handle?.writeBuffer === undefined) return false;
  const bytesAt = memory.write(text, 0, 'latin1');
  const end = bytesAt + bytes.copy(memory, bytesAt);
  assert(end === text.length + bytes.length, 'what is written directly has room in the memory for it');
  const written = handle.writeBuffer(null, memory.subarray(0, end));
  if (typeof written !== 'number') {
    // The rest is read from there later.
    written.buffer = memory;
    memory = Buffer.allocUnsafeSlow(memoryBytes);
  }
  follow(socket, written, events);
  return true;
}

/** undefined: something waits in the stream and goes first, or there is nothing to write to. */
function freeHandle(socket: Socket): StreamHandle | undefined {
  if (socket.connecting || socket.writableLength > 0 || !socket.writable) return undefined;
  return (socket as unknown as { readonly _handle: StreamHandle | null })._handle ?? undefined;
}

function follow(socket: Socket, written: Written, { onPending, onWritten }: DirectWriteEvents): void {
  if (written === 0) return;
  if (typeof written === 'number') {
    socket.destroy(new Error(`write failed (${written})`));
    return;
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
}
