/*
 * HTTP/2 by hand (RFC 9113, RFC 7541), because libraries refuse to send what an attacker sends. Header blocks are plain
 * literals, without a table and without Huffman's code.
 */

import { flag, frameType } from '../../src/http2/frames.ts';

export { flag, frameType };
export type Field = readonly [name: string, value: string];

export const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(frameType.settings, 0, 0),
]);

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function headers(stream: number, fields: readonly Field[], flags: number = flag.endHeaders): Buffer {
  return frame(frameType.headers, flags, stream, headerBlock(fields));
}

export function data(stream: number, bytes: string, flags = 0): Buffer {
  return frame(frameType.data, flags, stream, Buffer.from(bytes, 'latin1'));
}

export function reset(stream: number): Buffer {
  return frame(frameType.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
}

/** A number of 32 bits. */
export function quad(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value >>> 0);
  return four;
}

/** WINDOW_UPDATE; stream 0: the connection's. */
export function widen(stream: number, by: number): Buffer {
  return frame(frameType.windowUpdate, 0, stream, quad(by));
}

/** A request for a path of shop.example. */
export function requestFields(method: string, path: string): readonly Field[] {
  return [
    [':method', method],
    [':scheme', 'https'],
    [':path', path],
    [':authority', 'shop.example'],
  ];
}

export function headerBlock(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Gives away the frames in the bytes that it is given, piece by piece. */
export function frameReader(onFrame: (frame: Frame) => void): (bytes: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    while (waiting.length >= 9 && waiting.length >= 9 + waiting.readUIntBE(0, 3)) {
      const end = 9 + waiting.readUIntBE(0, 3);
      const stream = waiting.readUInt32BE(5) & 0x7fffffff;
      onFrame({ type: waiting[3]!, flags: waiting[4]!, stream, payload: waiting.subarray(9, end) });
      waiting = waiting.subarray(end);
    }
  };
}

/** What `headerBlock` made. */
export function readHeaderBlock(block: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const take = () => {
    let length = block[at++]! & 0x7f;
    if (length === 0x7f) {
      for (let shift = 0, octet = 0x80; (octet & 0x80) !== 0; shift += 7) {
        octet = block[at++]!;
        length += (octet & 0x7f) << shift;
      }
    }
    at += length;
    return block.toString('latin1', at - length, at);
  };
  while (at < block.length) {
    at += 1;
    fields.push([take(), take()]);
  }
  return fields;
}

/** A string literal: its length in seven bits and more (RFC 7541 section 5.1), then its octets. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 0x7f) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [0x7f];
  let rest = bytes.length - 0x7f;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
