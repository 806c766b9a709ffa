import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHoweverSplit } from '../../test/wire/beginnings.ts';
import {
  browserHello,
  codes,
  counted8,
  counted16,
  extension,
  type HelloParts,
  handshakeMessage,
  helloMessage,
  inRecords,
} from '../../test/wire/helloBytes.ts';
import { type ClientHello, type HelloRejection, readClientHello } from './clientHello.ts';

const behind = Buffer.from([22, 3, 3, 0, 1, 0, 20, 3, 3, 0, 1, 1]);

function verdict(bytes: Uint8Array): ClientHello | HelloRejection | 'more' {
  const read = readHoweverSplit(readClientHello, bytes);
  return read.kind === 'done' ? read.hello : read.kind === 'rejected' ? read.reason : 'more';
}

const of = (parts: HelloParts) => verdict(inRecords(helloMessage(parts)));

test('a browser’s hello: every list in its order, GREASE kept', () => {
  const bytes = inRecords(browserHello());
  const read = readHoweverSplit(readClientHello, Buffer.concat([bytes, behind]));
  assert.deepEqual(read, {
    kind: 'done',
    bytesUsed: bytes.length,
    hello: {
      legacyVersion: 0x0303,
      cipherSuites: [0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b],
      extensions: [0x8a8a, 0, 10, 13, 16, 43, 51, 0xfafa, 21],
      supportedVersions: [0x2a2a, 0x0304, 0x0303],
      supportedGroups: [0xcaca, 4588, 29, 23],
      signatureAlgorithms: [0x0403, 0x0804],
      alpn: ['h2', 'http/1.1'],
      serverName: 'shop.example',
      hasGrease: true,
    },
  });
});

test('records may cut the hello anywhere, its four-byte header included', () => {
  const message = browserHello();
  const whole = verdict(inRecords(message));
  for (const recordBytes of [60, 61, 500, message.length - 1]) {
    const bytes = inRecords(message, recordBytes);
    const read = readHoweverSplit(readClientHello, Buffer.concat([bytes, behind]));
    assert.ok(read.kind === 'done', String(recordBytes));
    assert.deepEqual(read.hello, whole);
    assert.equal(read.bytesUsed, bytes.length);
  }
  for (let cut = 1; cut < 40; cut++) {
    const bytes = Buffer.concat([inRecords(message.subarray(0, cut)), inRecords(message.subarray(cut))]);
    assert.deepEqual(verdict(bytes), whole, `cut at ${cut}`);
  }
  const small = helloMessage({ sessionId: Buffer.alloc(0), extensions: undefined });
  assert.ok(small.length <= 64, String(small.length));
  assert.notEqual(verdict(inRecords(small, 2)), 'hello-too-fragmented');
  assert.equal(verdict(inRecords(message, 20)), 'hello-too-fragmented');
});

test('old clients: no extensions, TLS 1.0, no session id', () => {
  const old = of({ legacyVersion: 0x0301, sessionId: Buffer.alloc(0), cipherSuites: [5, 4], extensions: undefined });
  assert.deepEqual(old, {
    legacyVersion: 0x0301,
    cipherSuites: [5, 4],
    extensions: [],
    supportedVersions: [],
    supportedGroups: [],
    signatureAlgorithms: [],
    alpn: [],
    serverName: null,
    hasGrease: false,
  });
});

test('GREASE is seen in whichever list it stands, and nothing else is taken for it', () => {
  const seen = (parts: HelloParts) => (of(parts) as ClientHello).hasGrease;
  for (const code of [0x0a0a, 0x1a1a, 0xaaaa, 0xfafa]) {
    assert.ok(seen({ cipherSuites: [0x1301, code] }));
    assert.ok(seen({ extensions: [[code, Buffer.alloc(0)]] }));
    for (const list of [extension.groups, extension.signatures, extension.versions]) {
      assert.ok(seen({ extensions: [list([23, code])] }));
    }
  }
  for (const code of [0x0a1a, 0x0b0b, 0xa0a0, 0x0aaa, 0x5600]) assert.ok(!seen({ cipherSuites: [code] }));
});

test('what does not begin a TLS connection is told at its first bytes', () => {
  for (const text of [
    'GET / HTTP/1.1\r\n',
    '\0',
    '\x16\x02',
    '\x16GET',
    '\x80\x2e\x01',
    '\x17\x03\x03\0\x01a',
    'PRI *',
  ]) {
    assert.equal(verdict(Buffer.from(text, 'latin1')), 'not-tls', JSON.stringify(text));
  }
  assert.equal(verdict(Buffer.from([22, 3, 1, 0, 0])), 'not-tls', 'an empty record');
  assert.equal(verdict(Buffer.from([22, 3, 1, 0x40, 1])), 'not-tls', 'more than 2^14');
  assert.equal(verdict(inRecords(handshakeMessage(2, Buffer.alloc(80)))), 'not-client-hello');
  assert.equal(verdict(Buffer.from([22, 3, 1, 0, 1, 11])), 'not-client-hello');
});

test('too large is refused when the header says so, before the rest is waited for', () => {
  const fits = helloMessage({ extensions: [extension.padding(16 * 1024 - 83)] });
  assert.equal(fits.length, 16 * 1024);
  assert.equal(typeof verdict(inRecords(fits, 9000)), 'object');
  const tooLarge = helloMessage({ extensions: [extension.padding(16 * 1024 - 82)] });
  assert.equal(verdict(inRecords(tooLarge, 9000)), 'hello-too-large');
  assert.equal(readClientHello(Buffer.from([22, 3, 1, 0x10, 0, 1, 0, 0x40, 0])).kind, 'rejected');
  const many = (count: number) => Array.from({ length: count }, (_, at) => [1000 + at, Buffer.alloc(0)] as const);
  assert.equal(typeof of({ extensions: many(128) }), 'object');
  assert.equal(of({ extensions: many(129) }), 'hello-too-large');
});

test('grammar: every length must be exactly filled, lists must hold something', () => {
  const malformed: readonly (readonly [string, Uint8Array])[] = [
    ['session id', helloMessage({ sessionId: Buffer.alloc(33) })],
    ['no suites', helloMessage({ cipherSuites: [] })],
    ['no compression', helloMessage({ compression: [] })],
    ['odd suites', Buffer.from(helloMessage({ sessionId: Buffer.alloc(0) })).fill(1, 40, 41)],
    ['empty', handshakeMessage(1, Buffer.alloc(0))],
    ['a random only', handshakeMessage(1, Buffer.alloc(34))],
    ['doubled', helloMessage({ extensions: [extension.padding(1), extension.padding(2)] })],
    ['behind extensions', handshakeMessage(1, Buffer.concat([helloMessage().subarray(4), Buffer.from([0])]))],
    ['cut extensions', handshakeMessage(1, helloMessage().subarray(4, -1))],
    [
      'one byte of extensions',
      handshakeMessage(1, Buffer.concat([helloMessage({ extensions: undefined }).subarray(4), Buffer.from([0])])),
    ],
    ...(
      [
        [0, Buffer.alloc(0)],
        [0, counted16()],
        [0, counted16(Buffer.from([0]), counted16())],
        [0, counted16(Buffer.from([1]), counted16(Buffer.from('a')))],
        [0, counted16(Buffer.from([0]), counted16(Buffer.from('a')), Buffer.from([0]), counted16(Buffer.from('b')))],
        [0, Buffer.concat([extension.serverName('a')[1], Buffer.from([0])])],
        [10, Buffer.alloc(0)],
        [10, counted16()],
        [10, counted16(Buffer.from([0, 23, 0]))],
        [13, Buffer.concat([counted16(codes([0x0403])), Buffer.from([0])])],
        [13, Buffer.from([0, 4, 4, 3])],
        [16, Buffer.alloc(0)],
        [16, counted16()],
        [16, counted16(counted8())],
        [16, counted16(counted8(Buffer.from('h2')), counted8())],
        [16, counted16(Buffer.from([3, 104, 50]))],
        [43, Buffer.alloc(0)],
        [43, counted8()],
        [43, counted8(Buffer.from([3]))],
        [43, Buffer.from([2, 3, 4, 0])],
        [43, Buffer.from([4, 3, 4])],
        [43, Buffer.from([2, 3, 4, 3, 3])],
        [16, Buffer.from([0, 9, 2, 104, 50])],
        [16, Buffer.from([0, 1, 2, 104, 50])],
      ] as const
    ).map((body) => [`extension ${body[0]} ${body[1].toString('hex')}`, helloMessage({ extensions: [body] })] as const),
  ];
  for (const [says, message] of malformed) assert.equal(verdict(inRecords(message)), 'hello-malformed', says);
  const second = (type: number, version: number, length: number) =>
    Buffer.concat([inRecords(browserHello().subarray(0, 50)), Buffer.from([type, version, 1, 0, length])]);
  assert.equal(verdict(second(20, 3, 1)), 'hello-malformed', 'another record type amid the hello');
  assert.equal(verdict(second(22, 2, 9)), 'hello-malformed', 'another version amid the hello');
  assert.equal(verdict(second(22, 3, 0)), 'hello-malformed', 'an empty fragment');
  assert.equal(verdict(inRecords(Buffer.concat([helloMessage(), Buffer.from([0])]))), 'hello-malformed', 'more behind');
});

test('a hello cut short is malformed wherever the cut is, though the missing bytes stand right behind it', () => {
  const body = browserHello().subarray(4);
  const beforeExtensions = body.length - 2 - extensionBytes(body);
  for (let cut = 0; cut < body.length; cut++) {
    const bytes = Buffer.concat([inRecords(handshakeMessage(1, body.subarray(0, cut))), body.subarray(cut)]);
    const read = readClientHello(bytes);
    if (cut === beforeExtensions) assert.equal(read.kind, 'done', 'all but its extensions');
    else assert.deepEqual(read, { kind: 'rejected', reason: 'hello-malformed' }, `cut at ${cut}`);
    // Cut within the extensions and their length told accordingly: the last extension lacks its end.
    if (cut < beforeExtensions + 2) continue;
    const told = Buffer.from(bytes);
    told.writeUInt16BE(cut - beforeExtensions - 2, 9 + beforeExtensions);
    const shorter = readClientHello(told);
    if (shorter.kind === 'done') assert.ok(shorter.hello.extensions.length < 9, `extensions cut at ${cut}`);
    else assert.deepEqual(shorter, { kind: 'rejected', reason: 'hello-malformed' });
  }
  for (const by of [-1, 1, 4]) {
    const told = Buffer.from(inRecords(browserHello()));
    told.writeUInt16BE(extensionBytes(body) + by, 9 + beforeExtensions);
    assert.equal(verdict(told), 'hello-malformed', `a block told ${by} too long`);
  }
});

/** What the extension block of `browserHello` says of its own length: behind version, random, session id, suites, compression. */
function extensionBytes(body: Buffer): number {
  const suites = 34 + 1 + body[34]!;
  return body.readUInt16BE(suites + 2 + body.readUInt16BE(suites) + 2);
}

test('server names are visible ASCII in lower case, and bounded', () => {
  const named = (name: string | Uint8Array) => of({ extensions: [extension.serverName(name)] });
  assert.equal((named('WWW.Shop_1.example') as ClientHello).serverName, 'www.shop_1.example');
  assert.equal((named('192.0.2.1') as ClientHello).serverName, '192.0.2.1');
  assert.equal((named('a'.repeat(255)) as ClientHello).serverName, 'a'.repeat(255));
  for (const name of ['a'.repeat(256), 'a b', 'a\0', 'a\r\n', 'bücher.example', '\x7f']) {
    assert.equal(named(name), 'server-name-invalid', JSON.stringify(name));
  }
});
