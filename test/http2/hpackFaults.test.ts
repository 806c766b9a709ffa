import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { HpackDecoder } from '../../src/http2/hpack/index.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { flag, frame, frameType } from '../smuggling/rawHttp2.ts';
import { anyBlock } from './anyBlock.ts';

/*
 * Which blocks end a connection: ours against nghttp2's judgement, each block the first of a connection. A block that
 * is only malformed or too large ends its stream and is as good as any here.
 */
const seed = Number(process.env.SEED ?? 9_113);
const blocks = process.env.HOLDFAST_TEST_WHOLE === '1' ? 20_000 : 400;
/** SETTINGS_MAX_FRAME_SIZE as connections begin with it. */
const frameBytesMax = 1 << 14;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

test('Node’s server ends a connection for the blocks that ours faults as compression', async () => {
  const random = seededRandom(seed);
  const server = createServer();
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const counts = { compression: 0, fine: 0 };
  try {
    for (let round = 0; round < blocks; round++) {
      const block = anyBlock(random);
      // nghttp2 takes any number of these; RFC 7541 section 4.2 has no use for a third.
      if (block.length > frameBytesMax || startsWithThreeUpdates(block)) continue;
      const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 64 << 10, fieldsMax: 1_000 });
      const isFault = decoder.decode(block, 0, block.length) === 'compression';
      counts[isFault ? 'compression' : 'fine'] += 1;
      assert.equal(
        await endsConnection(server, block),
        isFault,
        `seed ${seed}, round ${round}: ${block.toString('hex')}`,
      );
    }
  } finally {
    server.close();
  }
  assert.ok(counts.compression > blocks / 10 && counts.fine > blocks / 10, JSON.stringify(counts));
});

function startsWithThreeUpdates(block: Buffer): boolean {
  let updates = 0;
  for (let at = 0; at < block.length && block[at]! >> 5 === 1; updates++) {
    if ((block[at++]! & 0x1f) === 0x1f) while (at < block.length && block[at++]! >= 0x80);
  }
  return updates > 2;
}

/** Whether the server goes away with COMPRESSION_ERROR, or answers a ping behind the block. */
async function endsConnection(server: Http2Server, block: Buffer): Promise<boolean> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const headers = frame(frameType.headers, flag.endHeaders | flag.endStream, 1, block);
  socket.write(Buffer.concat([preface, frame(frameType.settings, 0, 0, Buffer.alloc(0)), headers]));
  socket.write(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
  try {
    let held = Buffer.alloc(0);
    for await (const piece of socket) {
      held = Buffer.concat([held, piece as Buffer]);
      while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
        const payload = held.subarray(9, 9 + held.readUIntBE(0, 3));
        const [type, flags] = [held[3], held[4]!];
        if (type === frameType.ping && (flags & flag.acknowledge) !== 0) return false;
        if (type === frameType.goAway) return payload.readUInt32BE(4) === constants.NGHTTP2_COMPRESSION_ERROR;
        held = held.subarray(9 + payload.length);
      }
    }
    assert.fail('the connection ended without a word');
  } finally {
    socket.destroy();
  }
}
