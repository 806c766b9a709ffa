/* ClientHellos put together by hand, whole or wrong. */

export interface HelloParts {
  readonly legacyVersion?: number;
  readonly sessionId?: Uint8Array;
  readonly cipherSuites?: readonly number[];
  readonly compression?: readonly number[];
  /** Type and body, as sent; undefined leaves the whole block out. */
  readonly extensions?: readonly (readonly [number, Uint8Array])[] | undefined;
}

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

export function counted16(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u16(body.length), body]);
}

export function counted8(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([body.length]), body]);
}

export function codes(list: readonly number[]): Buffer {
  return Buffer.concat(list.map(u16));
}

export const extension = {
  serverName: (name: string | Uint8Array) => [0, counted16(Buffer.from([0]), counted16(Buffer.from(name)))] as const,
  groups: (list: readonly number[]) => [10, counted16(codes(list))] as const,
  signatures: (list: readonly number[]) => [13, counted16(codes(list))] as const,
  alpn: (names: readonly string[]) =>
    [16, counted16(...names.map((name) => counted8(Buffer.from(name, 'latin1'))))] as const,
  versions: (list: readonly number[]) => [43, counted8(codes(list))] as const,
  padding: (bytes: number) => [21, Buffer.alloc(bytes)] as const,
};

/** The handshake message, without records. */
export function helloMessage(parts: HelloParts = {}): Buffer {
  const extensions = 'extensions' in parts ? parts.extensions : [extension.serverName('shop.example')];
  const body = Buffer.concat([
    u16(parts.legacyVersion ?? 0x0303),
    Buffer.alloc(32, 7),
    counted8(parts.sessionId ?? Buffer.alloc(32, 9)),
    counted16(codes(parts.cipherSuites ?? [0x1301])),
    counted8(Buffer.from(parts.compression ?? [0])),
    ...(extensions === undefined
      ? []
      : [counted16(...extensions.map(([type, data]) => Buffer.concat([u16(type), counted16(data)])))]),
  ]);
  return handshakeMessage(1, body);
}

export function handshakeMessage(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, body.length >> 16]), u16(body.length & 0xffff), body]);
}

/** A message in records of at most `recordBytes`. */
export function inRecords(message: Uint8Array, recordBytes = 1 << 14): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytes) {
    records.push(Buffer.from([22, 3, 1]), counted16(message.subarray(at, at + recordBytes)));
  }
  return Buffer.concat(records);
}

/** What a browser says, GREASE and a post-quantum key share included: 1.8 KB. */
export function browserHello(): Buffer {
  return helloMessage({
    cipherSuites: [0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b],
    extensions: [
      [0x8a8a, Buffer.alloc(0)],
      extension.serverName('Shop.Example'),
      extension.groups([0xcaca, 4588, 29, 23]),
      extension.signatures([0x0403, 0x0804]),
      extension.alpn(['h2', 'http/1.1']),
      extension.versions([0x2a2a, 0x0304, 0x0303]),
      [51, counted16(u16(4588), counted16(Buffer.alloc(1216, 5)), u16(29), counted16(Buffer.alloc(32, 6)))],
      [0xfafa, Buffer.from([0])],
      extension.padding(300),
    ],
  });
}
