import assert from 'node:assert/strict';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { socketLimits } from './limits.ts';
import { SocketWriter } from './socketWriter.ts';
import { Turns } from './turns.ts';

/** A writer, and the other end of its socket, which reads nothing until it is resumed. */
async function connected(onRoom: () => void): Promise<{ writer: SocketWriter; peer: Socket; close(): void }> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const peer = createConnection((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const socket = await accepted;
  const close = () => {
    socket.destroy();
    peer.destroy();
    server.close();
  };
  return { writer: new SocketWriter(socket, new Turns(), onRoom), peer, close };
}

test('pieces of every size reach a slow reader whole and in order, though their memory is used again', async (context) => {
  let goOn = () => {};
  const { writer, peer, close } = await connected(() => goOn());
  context.after(close);
  // All writers put their pieces together in the same memory.
  const beside = await connected(() => {});
  context.after(beside.close);
  beside.peer.resume();
  const sizes = [
    1,
    130,
    socketLimits.directBytesMin - 1,
    socketLimits.directBytesMin,
    10_000,
    socketLimits.copiedBytesMax,
  ];
  const lent = Buffer.alloc(socketLimits.readBytes);
  const hash = (bytes: Uint8Array, before: number) =>
    bytes.reduce((sum, octet) => (Math.imul(sum, 31) + octet) | 0, before);
  let sent = 0;
  let sentHash = 0;
  let wasFull = 0;
  let received = 0;
  let receivedHash = 0;
  peer.on('data', (bytes: Buffer) => {
    received += bytes.length;
    receivedHash = hash(bytes, receivedHash);
  });
  for (let index = 0; index < 8_000; index += 1) {
    const text = `piece ${index}\r\n`;
    const bytes = lent.subarray(0, sizes[index % sizes.length]!).fill(index & 0xff);
    sentHash = hash(bytes, hash(Buffer.from(text), sentHash));
    sent += text.length + bytes.length;
    writer.addText(text);
    writer.addBytes(bytes);
    if (index % 7 === 0) writer.flushNow();
    if (!writer.isFull) continue;
    wasFull += 1;
    // Whoever lent the memory uses it again only when there is room; pieces that were copied need no waiting for.
    beside.writer.addBytes(lent.subarray(0, socketLimits.copiedBytesMax).fill(0xee));
    const hasRoom = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    peer.resume();
    await hasRoom;
    peer.pause();
  }
  writer.flushNow();
  peer.resume();
  while (received < sent) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(wasFull > 0, `${wasFull} times full`);
  assert.deepEqual([received, receivedHash], [sent, sentHash]);
});

test('what a slow reader waits for stays in memory, whatever is collected and allocated meanwhile', async (context) => {
  const slow = await Promise.all(Array.from({ length: 40 }, () => connected(() => {})));
  for (const { close } of slow) context.after(close);
  for (const [index, { writer }] of slow.entries()) {
    while (!writer.isFull) writer.addBytes(Buffer.alloc(10_000, index));
  }
  // What is freed would be used again by these.
  for (let round = 0; round < 20; round += 1) {
    collect();
    const others = Array.from({ length: 200 }, () => Buffer.allocUnsafeSlow(socketLimits.copiedBytesMax).fill(0xee));
    await new Promise((resolve) => setImmediate(resolve));
    others.length = 0;
  }
  const foreign = await Promise.all(
    slow.map(({ peer, writer }, index) => foreignOctets(peer, index, () => !writer.isFull)),
  );
  assert.deepEqual(
    foreign.filter((count) => count > 0),
    [],
  );
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Of what `peer` reads until the writer has room and nothing more comes, all that is not `own`. */
function foreignOctets(peer: Socket, own: number, isWritten: () => boolean): Promise<number> {
  let foreign = 0;
  let idle = 0;
  peer.on('data', (bytes: Buffer) => {
    idle = 0;
    for (const octet of bytes) if (octet !== own) foreign += 1;
  });
  peer.resume();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      idle += 1;
      if (idle < 5 || !isWritten()) return;
      clearInterval(timer);
      resolve(foreign);
    }, 20);
  });
}
