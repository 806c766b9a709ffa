import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** Where a client is to connect to. */
export interface RecordingAddress {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly authority: string;
  /** Aborted when enough has arrived: a client that would try again or wait ends then. */
  readonly recorded: AbortSignal;
}

export interface RecordingOptions {
  /** Takes the connection through TLS first and records what it carries. */
  readonly tls?: TlsOptions;
  /** When what arrived is enough; the connection then ends. */
  readonly isEnough: (bytes: Buffer) => boolean;
}

/**
 * What a client sends first on a connection to a server that answers nothing. The first connection that says anything
 * counts; after 20 s what arrived until then is returned.
 */
export async function firstBytes(
  options: RecordingOptions,
  connect: (address: RecordingAddress) => unknown,
): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const sockets = new Set<Socket>();
  let seen = Buffer.alloc(0);
  const listener = (socket: Socket) => {
    sockets.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > seen.length) seen = bytes;
      if (options.isEnough(bytes)) resolve(bytes);
    });
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // Connections below TLS, so that a handshake that never ends is ended too.
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const recorded = new AbortController();
  const deadline = setTimeout(() => resolve(seen), 20_000);
  try {
    const connecting = Promise.resolve(
      connect({ port, authority: `127.0.0.1:${port}`, recorded: recorded.signal }),
    ).catch(() => {});
    const bytes = await promise;
    recorded.abort();
    for (const socket of sockets) socket.destroy();
    await connecting;
    return bytes;
  } finally {
    clearTimeout(deadline);
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
