import { createServer } from 'node:net';
import { join } from 'node:path';
import { decodeLogBatch } from '../../src/contract/logBatch.ts';
import { certificateFolder, makeCertificate } from '../edge/certificateFiles.ts';
import { site, startEdge, Undo } from '../edge/harness.ts';

/** What stands before an origin and must let it see nothing that it did not see itself. */
export interface Front {
  readonly port: number;
  /** Speaks HTTP/2 over TLS. */
  readonly http2Port: number;
  /** Ends it, and tells what it read: `METHOD target` of each request. */
  finish(): Promise<readonly string[]>;
}

export type StartFront = (undo: Undo, originPort: number) => Promise<Front>;

/** Holdfast, with its request log as the witness of what it read. */
export async function startHoldfast(undo: Undo, originPort: number): Promise<Front> {
  const own = new Undo();
  undo.add(() => own.run());
  const folder = certificateFolder(undo);
  const certificates = [makeCertificate(folder, 'shop', ['shop.example'])];
  const logSocket = join(folder, 'log.sock');
  const received = await receiveLog(undo, logSocket);
  const { ports, worker } = await startEdge(own, {
    set: { versions: {}, sites: { schema: 1, sites: [site(`http://127.0.0.1:${originPort}`)] } },
    listeners: [{}, { tls: { certificates, http2: true } }],
    logSocket,
  });
  const finish = async () => {
    const { logRecordsDropped, requests } = worker.health();
    await own.run();
    const read = await received();
    if (logRecordsDropped > 0) throw new Error(`${logRecordsDropped} records of the log were lost`);
    if (read.length > requests) throw new Error(`it logged ${read.length} requests and counted ${requests}`);
    return read;
  };
  return { port: ports[0]!, http2Port: ports[1]!, finish };
}

/** Gives back what ends the receiver and tells the requests that the log spoke of. */
async function receiveLog(undo: Undo, path: string): Promise<() => Promise<string[]>> {
  const read: string[] = [];
  const server = createServer((socket) => {
    let waiting = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE(0)) {
        const end = 4 + waiting.readUInt32LE(0);
        const batch = decodeLogBatch(waiting.subarray(4, end));
        if (!batch.ok) throw new Error(String(batch.error));
        for (const { method, target } of batch.value.records) read.push(`${method} ${target}`);
        waiting = waiting.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  undo.add(close);
  return async () => {
    await close();
    return read;
  };
}
