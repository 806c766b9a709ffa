import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { certificateFolder, makeCertificate } from '../edge/certificateFiles.ts';
import type { Undo } from '../edge/harness.ts';
import { type Field, flag, frame, frameReader, frameType, headers, readHeaderBlock } from './rawHttp2.ts';

/** The HTTP/2 side of the lax proxy: writes down as HTTP/1.1 whatever a stream says, and believes its lengths. */
export async function startLaxHttp2(
  undo: Undo,
  originPort: number,
  read: string[],
): Promise<{ readonly port: number; readonly close: () => Promise<unknown> }> {
  const { certificatePath, keyPath } = makeCertificate(certificateFolder(undo), 'lax', ['shop.example']);
  const files = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
  const open = new Set<Socket>();
  const server = createServer({ ...files, ALPNProtocols: ['h2'] }, (visitor) => {
    open.add(visitor);
    visitor.on('error', () => {}).on('close', () => open.delete(visitor));
    visitor.write(frame(frameType.settings, 0, 0));
    const streams = new Map<number, string>();
    const readFrames = frameReader(({ type, flags, stream, payload }) => {
      if (type === frameType.headers && !streams.has(stream)) streams.set(stream, headText(readHeaderBlock(payload)));
      else if (type === frameType.data) streams.set(stream, streams.get(stream) + payload.toString('latin1'));
      if (type > frameType.headers || (flags & flag.endStream) === 0) return;
      const text = streams.get(stream) ?? '';
      read.push(text.split(' ', 2).join(' '));
      const origin = connect(originPort, '127.0.0.1', () => origin.write(Buffer.from(text, 'latin1')));
      origin.once('data', () => {
        if (!visitor.destroyed) visitor.write(headers(stream, [[':status', '200']], flag.endHeaders | flag.endStream));
        setTimeout(() => origin.end(), 50);
      });
      open.add(origin);
      origin.on('error', () => {}).on('close', () => open.delete(origin));
    });
    let toSkip = 24;
    visitor.on('data', (bytes: Buffer) => {
      const skipped = Math.min(toSkip, bytes.length);
      toSkip -= skipped;
      readFrames(bytes.subarray(skipped));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  undo.add(close);
  return { port: (server.address() as AddressInfo).port, close };
}

function headText(fields: readonly Field[]): string {
  const pseudo = Object.fromEntries(fields.filter(([name]) => name.startsWith(':')));
  const plain = fields.filter(([name]) => !name.startsWith(':'));
  const lines = plain.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${pseudo[':method']} ${pseudo[':path']} HTTP/1.1\r\nhost: ${pseudo[':authority']}\r\n${lines.join('')}\r\n`;
}
