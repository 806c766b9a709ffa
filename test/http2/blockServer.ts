import { type AddressInfo, createServer, type Socket } from 'node:net';
import { flag, frame, frameType } from '../smuggling/rawHttp2.ts';

/**
 * A server of HTTP/2 that knows frames and leaves header blocks to its caller: what a client's blocks are made of, and what a
 * client reads in ours. One connection at a time, requests without bodies, answers without bodies.
 */
export interface BlockServer {
  readonly port: number;
  /** Asks the client's encoder for a table of this size, from its next block on. Resolves with the client's consent. */
  setTableBytesMax(bytes: number): Promise<void>;
  /** SETTINGS_HEADER_TABLE_SIZE that the client sent last. */
  clientTableBytesMax(): number;
  close(): Promise<void>;
}

const prefaceBytes = 24;
const tableSizeSetting = 1;

/** `answer` gets each whole header block and gives the block of its response. */
export async function startBlockServer(answer: (block: Buffer) => Buffer): Promise<BlockServer> {
  let socket: Socket | undefined;
  let clientTableBytesMax = 4_096;
  let consent: (() => void) | undefined;

  const server = createServer((accepted) => {
    socket = accepted;
    accepted.on('error', () => accepted.destroy());
    accepted.write(frame(frameType.settings, 0, 0, Buffer.alloc(0)));
    let held = Buffer.alloc(0);
    let isPrefaceRead = false;
    let block = Buffer.alloc(0);
    accepted.on('data', (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      if (!isPrefaceRead) {
        if (held.length < prefaceBytes) return;
        held = held.subarray(prefaceBytes);
        isPrefaceRead = true;
      }
      while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
        const end = 9 + held.readUIntBE(0, 3);
        onFrame(held[3]!, held[4]!, held.readUInt32BE(5), held.subarray(9, end));
        held = held.subarray(end);
      }
    });

    function onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
      if (type === frameType.settings && (flags & flag.acknowledge) !== 0) {
        consent?.();
      } else if (type === frameType.settings) {
        for (let at = 0; at < payload.length; at += 6) {
          if (payload.readUInt16BE(at) === tableSizeSetting) clientTableBytesMax = payload.readUInt32BE(at + 2);
        }
        accepted.write(frame(frameType.settings, flag.acknowledge, 0, Buffer.alloc(0)));
      } else if (type === frameType.ping && (flags & flag.acknowledge) === 0) {
        accepted.write(frame(frameType.ping, flag.acknowledge, 0, payload));
      } else if (type === frameType.headers || type === frameType.continuation) {
        block = Buffer.concat([type === frameType.headers ? Buffer.alloc(0) : block, fragmentOf(type, flags, payload)]);
        if ((flags & flag.endHeaders) === 0) return;
        accepted.write(frame(frameType.headers, flag.endHeaders | flag.endStream, stream, answer(block)));
      }
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));

  return {
    port: (server.address() as AddressInfo).port,
    setTableBytesMax(bytes) {
      const payload = Buffer.alloc(6);
      payload.writeUInt16BE(tableSizeSetting, 0);
      payload.writeUInt32BE(bytes, 2);
      const consented = new Promise<void>((done) => {
        consent = done;
      });
      socket!.write(frame(frameType.settings, 0, 0, payload));
      return consented;
    },
    clientTableBytesMax: () => clientTableBytesMax,
    close() {
      socket?.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Without the padding and the priority that HEADERS may carry (RFC 9113 section 6.2). */
function fragmentOf(type: number, flags: number, payload: Buffer): Buffer {
  if (type === frameType.continuation) return payload;
  const padding = (flags & flag.padded) !== 0 ? payload[0]! : 0;
  const start = ((flags & flag.padded) !== 0 ? 1 : 0) + ((flags & flag.priority) !== 0 ? 5 : 0);
  return payload.subarray(start, payload.length - padding);
}
