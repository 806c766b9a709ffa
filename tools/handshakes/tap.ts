import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type ClientHello, readClientHello } from '../../src/wire/index.ts';

export interface Tap {
  readonly port: number;
  /** What the clients of the connections since the last call said first. */
  take(): ClientHello[];
  close(): void;
}

/** Stands before a TLS port and looks at what passes. */
export async function tapBefore(port: number): Promise<Tap> {
  const open = new Set<Socket>();
  let hellos: ClientHello[] = [];
  const server = createServer((visitor) => {
    const edge = connect(port, '127.0.0.1');
    let first: Buffer | undefined = Buffer.alloc(0);
    for (const [socket, other] of [
      [visitor, edge],
      [edge, visitor],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    visitor.on('data', (bytes: Buffer) => {
      if (first === undefined) return;
      first = Buffer.concat([first, bytes]);
      const read = readClientHello(first);
      if (read.kind === 'done') hellos.push(read.hello);
      if (read.kind !== 'more') first = undefined;
    });
    visitor.pipe(edge);
    edge.pipe(visitor);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = hellos;
      hellos = [];
      return taken;
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
