import { type Server, Socket } from 'node:net';

/** Takes what a socket reads. */
export interface SocketReader {
  /** Where the next read goes. */
  readonly readMemory: Buffer;
  receive(bytes: Buffer, end: number): void;
}

/** How a socket reads to memory of its owner's choice; the option of `net.Socket` and of `net.connect`. */
export function readInto(reader: () => SocketReader | undefined, first: Buffer) {
  return {
    buffer: () => reader()?.readMemory ?? first,
    callback: (bytes: number, memory: Buffer) => {
      reader()?.receive(memory, bytes);
      return true;
    },
  };
}

interface AcceptingHandle {
  onconnection: (error: number, handle: AcceptedHandle | undefined) => void;
}

interface AcceptedHandle {
  /** Unix sockets have none. */
  setNoDelay?(isOn: boolean): void;
}

/**
 * Makes `server` hand over its connections as sockets that read into memory of their owner's choice. `net.Server` cannot
 * be told to: its sockets get fresh memory for each read, which costs 2 µs and a garbage of 64 KiB. The way is Node's own
 * `onconnection` on the listening handle, which has been there since Node 0.10; the runtime comes with the package, and a
 * test fails where it does not work.
 */
export function acceptSockets(
  server: Server,
  memory: Buffer,
  onSocket: (socket: Socket) => SocketReader | undefined,
): void {
  const { _handle: listening } = server as unknown as { readonly _handle: AcceptingHandle };
  listening.onconnection = (error, handle) => {
    // Running out of descriptors; the connection waits in the kernel's queue.
    if (error !== 0 || handle === undefined) return;
    handle.setNoDelay?.(true);
    let reader: SocketReader | undefined;
    const options = { handle, allowHalfOpen: true, onread: readInto(() => reader, memory) };
    reader = onSocket(new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]));
  };
}
