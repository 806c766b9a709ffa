import { quad, frame as rawFrame } from '../smuggling/rawHttp2.ts';
import { u16 } from '../wire/helloBytes.ts';

/* HTTP/2 openings put together by hand. */

export const magic = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** As `rawHttp2.frame`, of a payload in parts. */
export function frame(type: number, flags: number, stream: number, ...parts: readonly Uint8Array[]): Buffer {
  return rawFrame(type, flags, stream, Buffer.concat(parts));
}

export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  return frame(4, 0, 0, ...pairs.map(([identifier, value]) => Buffer.concat([u16(identifier), quad(value)])));
}

export const settingsAck = frame(4, 1, 0);

export function windowUpdate(increment: number, stream = 0): Buffer {
  return frame(8, 0, stream, quad(increment));
}

export function priority(stream: number, dependsOn: number, weight: number, isExclusive = false): Buffer {
  return frame(2, 0, stream, quad(dependsOn + (isExclusive ? 0x80000000 : 0)), Buffer.from([weight - 1]));
}

/** END_STREAM and END_HEADERS. */
export function headers(block: Uint8Array, stream = 1): Buffer {
  return frame(1, 5, stream, block);
}

/** HPACK forms of one field; strings are not Huffman-coded, lengths below 127. */
export const field = {
  indexed: (index: number) => Buffer.from([0x80 | index]),
  /** With a name from the table, added to it. */
  added: (index: number, value: string) => Buffer.from([0x40 | index, value.length, ...Buffer.from(value)]),
  /** With a name from the table, from 15 on, not added. */
  literal: (index: number, value: string) => Buffer.from([0x0f, index - 15, value.length, ...Buffer.from(value)]),
} as const;

/** `:method: GET`, `:authority`, `:scheme: https`, `:path: /`, then a user agent and a cookie. */
export const chromeBlock = Buffer.concat([
  field.indexed(2),
  field.added(1, 'shop.example'),
  field.indexed(7),
  field.indexed(4),
  field.added(58, 'Mozilla/5.0'),
  field.literal(32, 'a=1'),
]);

export function chromeOpening(): Buffer {
  return Buffer.concat([
    magic,
    settings([1, 65_536], [2, 0], [4, 6_291_456], [6, 262_144]),
    windowUpdate(15_663_105),
    frame(1, 0x25, 1, quad(0x80000000), Buffer.from([255]), chromeBlock),
  ]);
}

/** As Firefox opened before RFC 9113: idle streams as nodes of a tree of priorities. */
export function oldFirefoxOpening(): Buffer {
  return Buffer.concat([
    magic,
    settings([1, 65_536], [4, 131_072], [5, 16_384]),
    windowUpdate(12_517_377),
    ...[priority(3, 0, 201), priority(5, 0, 101), priority(7, 0, 1), priority(9, 7, 1), priority(11, 3, 1)],
    priority(13, 0, 241, true),
    headers(Buffer.concat([field.indexed(2), field.indexed(4), field.added(1, 'a'), field.indexed(7)]), 15),
  ]);
}
