import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Talk, talk } from '../../test/http2/talk.ts';
import {
  data,
  type Field,
  flag,
  frame,
  frameType,
  headerBlock,
  headers,
  preface,
  quad,
  requestFields,
  reset,
  widen,
} from '../../test/smuggling/rawHttp2.ts';
import { errorCode } from './frames.ts';

/*
 * What a client may not do, section by section of RFC 9113: frames by hand, and the GOAWAY or RST_STREAM that they must bring.
 * Each case stands behind the preface unless it says `raw`.
 */
const { protocol, flowControl, streamClosed, frameSize, refusedStream, compression, enhanceYourCalm } = errorCode;
type Fate = readonly ['goAway', number] | readonly ['reset', stream: number, code: number] | readonly ['fine'];
const goAway = (code: number): Fate => ['goAway', code];
const resets = (stream: number, code: number): Fate => ['reset', stream, code];
const fine: Fate = ['fine'];

const whole = flag.endHeaders | flag.endStream;
const get = requestFields('GET', '/');
const post = requestFields('POST', '/');
const without = (name: string) => get.filter(([field]) => field !== name);
const ask = (stream: number, more: readonly Field[] = []) => headers(stream, [...get, ...more], whole);
const upload = (stream: number, more: readonly Field[] = []) => headers(stream, [...post, ...more]);
const bytes = (length: number) => Buffer.alloc(length);
const settings = (...entries: readonly (readonly [number, number])[]) =>
  frame(
    frameType.settings,
    0,
    0,
    Buffer.concat(entries.map(([key, value]) => Buffer.concat([Buffer.from([0, key]), quad(value)]))),
  );
const priority = (stream: number, on: number) =>
  frame(frameType.priority, 0, stream, Buffer.concat([quad(on), bytes(1)]));
const padded = (type: number, flags: number, padding: number, payload: Buffer) =>
  frame(type, flags | flag.padded, 1, Buffer.concat([Buffer.from([padding]), payload]));
const acknowledgement = frame(frameType.settings, flag.acknowledge, 0);
const ping = (flags = 0, stream = 0, length = 8) => frame(frameType.ping, flags, stream, bytes(length));
const block = headerBlock(get);
const cut = (flags: number, payload: Buffer, stream = 1) => frame(frameType.continuation, flags, stream, payload);
const opened = (flags: number, payload: Buffer, stream = 1) => frame(frameType.headers, flags, stream, payload);

interface Case {
  readonly says: string;
  readonly sent: readonly Buffer[];
  readonly fate: Fate;
  readonly isRaw?: boolean;
  readonly isAnswered?: boolean;
}
const kase = (says: string, fate: Fate, ...sent: readonly Buffer[]): Case => ({ says, sent, fate });
const raw = (says: string, fate: Fate, ...sent: readonly Buffer[]): Case => ({ says, sent, fate, isRaw: true });
const open = (says: string, fate: Fate, ...sent: readonly Buffer[]): Case => ({ says, sent, fate, isAnswered: false });

const sections: Readonly<Record<string, readonly Case[]>> = {
  '3.4 preface': [
    kase('nothing else', fine),
    raw('HTTP/1.1', goAway(protocol), Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n')),
    raw('wrong at its end', goAway(protocol), Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r '), bytes(20)),
    raw('no SETTINGS behind it', goAway(protocol), preface.subarray(0, 24), ask(1)),
    raw('DATA behind it', goAway(protocol), preface.subarray(0, 24), data(1, 'a')),
    raw('an acknowledgement behind it', goAway(protocol), preface.subarray(0, 24), acknowledgement),
    raw('a PING behind it', goAway(protocol), preface.subarray(0, 24), ping()),
  ],
  '4.1 frames': [
    kase('a type that nobody knows', fine, frame(0xfe, 0xff, 0, bytes(8)), frame(0x10, 0, 0, bytes(8))),
    kase('a type that nobody knows, on a stream', fine, ask(1), frame(0xfe, 0xff, 1, bytes(8))),
    kase('flags that nobody knows', fine, frame(frameType.headers, 0xff & ~flag.padded & ~0x20, 1, block), ping(0xfe)),
    kase('the reserved bit of the stream', fine, frame(frameType.headers, whole, 1 + 2 ** 31, block)),
  ],
  '4.2 frame size': [
    kase('16 KiB', fine, upload(1), data(1, 'a'.repeat(16_384), flag.endStream)),
    kase('DATA above it', goAway(frameSize), upload(1), data(1, 'a'.repeat(16_385))),
    kase('HEADERS above it', goAway(frameSize), opened(whole, bytes(16_385))),
    kase('a type that nobody knows above it', goAway(frameSize), frame(0xfe, 0, 0, bytes(16_385))),
  ],
  '4.3 header compression': [
    kase('an index that no table has', goAway(compression), opened(whole, Buffer.from([0xff, 0xff, 0x0f]))),
    kase('a block that breaks off', goAway(compression), opened(whole, block.subarray(0, 20))),
    kase(
      'a stream on which it does not count',
      goAway(compression),
      ask(1),
      ask(3),
      opened(whole, Buffer.from([0x80])),
    ),
    kase('a table larger than ours', goAway(compression), opened(whole, Buffer.from([0x3f, 0xe2, 0x1f]))),
    kase('a frame of its stream inside a block', goAway(protocol), opened(0, block), data(1, 'a')),
    kase('a frame of another stream inside a block', goAway(protocol), opened(0, block), ask(3)),
    kase('a PING inside a block', goAway(protocol), opened(0, block), ping()),
    kase('a frame that nobody knows inside a block', goAway(protocol), opened(0, block), frame(0xfe, 0, 1)),
    kase('CONTINUATION of another stream', goAway(protocol), opened(0, block), cut(flag.endHeaders, bytes(0), 3)),
  ],
  '5.1 idle streams': [
    kase('DATA', goAway(protocol), data(1, 'a')),
    kase('RST_STREAM', goAway(protocol), reset(1)),
    kase('WINDOW_UPDATE', goAway(protocol), widen(1, 1)),
    kase('CONTINUATION', goAway(protocol), cut(flag.endHeaders, block)),
    kase('PRIORITY', fine, priority(5, 3)),
  ],
  '5.1 streams whose request is over': [
    open('DATA', resets(1, streamClosed), ask(1), data(1, 'a')),
    open('HEADERS', resets(1, streamClosed), ask(1), ask(1)),
    open('WINDOW_UPDATE, PRIORITY and RST_STREAM', fine, ask(1), widen(1, 1), priority(1, 0), reset(1)),
  ],
  '5.1 closed streams': [
    kase('DATA behind both ends', goAway(streamClosed), ask(1), data(1, 'a')),
    kase('HEADERS behind both ends', goAway(streamClosed), ask(1), ask(1)),
    kase(
      'WINDOW_UPDATE, PRIORITY and RST_STREAM behind both ends',
      fine,
      ask(1),
      widen(1, 1),
      priority(1, 0),
      reset(1),
    ),
    open('DATA behind a reset of theirs', goAway(streamClosed), upload(1), reset(1), data(1, 'a')),
    open('HEADERS behind a reset of theirs', goAway(streamClosed), upload(1), reset(1), ask(1)),
    open('frames under way behind a reset of ours', resets(1, protocol), upload(1), widen(1, 0), data(1, 'a'), ask(1)),
    open('a stream that was passed over', goAway(streamClosed), ask(5), ask(3)),
  ],
  '5.1.1 identifiers': [
    kase('an even one', goAway(protocol), ask(2)),
    kase('none', goAway(protocol), ask(0)),
    kase('gaps', fine, ask(1), ask(7), ask(101)),
    kase('the last of all', fine, ask(0x7fffffff)),
  ],
  '5.1.2 streams at once': [
    open('128', fine, ...Array.from({ length: 128 }, (_, index) => ask(index * 2 + 1))),
    open('129', resets(257, refusedStream), ...Array.from({ length: 129 }, (_, index) => ask(index * 2 + 1))),
    kase('300 one after the other', fine, ...Array.from({ length: 300 }, (_, index) => ask(index * 2 + 1))),
  ],
  '5.3 priority': [
    kase(
      'HEADERS that depend on themselves',
      resets(1, protocol),
      opened(whole | 0x20, Buffer.concat([quad(1), bytes(1), block])),
    ),
    kase('HEADERS with a priority', fine, opened(whole | 0x20, Buffer.concat([quad(3), bytes(1), block]))),
    kase('PRIORITY of itself', goAway(protocol), priority(3, 3)),
  ],
  '6.1 DATA': [
    kase('of the connection', goAway(protocol), data(0, 'a')),
    kase('padding', fine, upload(1), padded(frameType.data, flag.endStream, 3, Buffer.from('abc\0\0\0'))),
    kase('nothing but padding', fine, upload(1), padded(frameType.data, flag.endStream, 6, bytes(6))),
    kase('more padding than there is', goAway(protocol), upload(1), padded(frameType.data, 0, 7, bytes(6))),
    kase('no room for the length of padding', goAway(frameSize), upload(1), frame(frameType.data, flag.padded, 1)),
  ],
  '6.2 HEADERS': [
    kase('padding', fine, padded(frameType.headers, whole, 2, Buffer.concat([block, bytes(2)]))),
    kase('more padding than there is', goAway(protocol), padded(frameType.headers, whole, 255, block)),
    kase('no room for the length of padding', goAway(frameSize), opened(whole | flag.padded, bytes(0))),
    kase('no room for a priority', goAway(frameSize), opened(whole | 0x20, bytes(4))),
  ],
  '6.3 PRIORITY': [
    kase('of the connection', goAway(protocol), priority(0, 1)),
    kase('four octets', goAway(frameSize), frame(frameType.priority, 0, 1, bytes(4))),
    kase('six octets', goAway(frameSize), frame(frameType.priority, 0, 1, bytes(6))),
  ],
  '6.4 RST_STREAM': [
    kase('of the connection', goAway(protocol), frame(frameType.reset, 0, 0, bytes(4))),
    open('three octets', goAway(frameSize), ask(1), frame(frameType.reset, 0, 1, bytes(3))),
    open('five octets', goAway(frameSize), ask(1), frame(frameType.reset, 0, 1, bytes(5))),
  ],
  '6.5 SETTINGS': [
    kase('of a stream', goAway(protocol), frame(frameType.settings, 0, 1)),
    kase('five octets', goAway(frameSize), frame(frameType.settings, 0, 0, bytes(5))),
    kase(
      'an acknowledgement with settings',
      goAway(frameSize),
      frame(frameType.settings, flag.acknowledge, 0, bytes(6)),
    ),
    kase('one acknowledgement', fine, acknowledgement),
    kase('two acknowledgements', goAway(protocol), acknowledgement, acknowledgement),
    kase('32 entries', fine, settings(...Array.from({ length: 32 }, () => [9, 9] as const))),
    kase('33 entries', goAway(enhanceYourCalm), settings(...Array.from({ length: 33 }, () => [9, 9] as const))),
    kase('an entry that nobody knows', fine, settings([0x99, 1])),
    kase('ENABLE_PUSH 1', fine, settings([2, 1])),
    kase('ENABLE_PUSH 2', goAway(protocol), settings([2, 2])),
    kase('INITIAL_WINDOW_SIZE of all bits', goAway(flowControl), settings([4, 2 ** 31])),
    kase('MAX_FRAME_SIZE too small', goAway(protocol), settings([5, (1 << 14) - 1])),
    kase('MAX_FRAME_SIZE too large', goAway(protocol), settings([5, 1 << 24])),
    kase('HEADER_TABLE_SIZE of any size', fine, settings([1, 0]), ask(1), settings([1, 2 ** 32 - 1]), ask(3)),
  ],
  '6.6 PUSH_PROMISE': [kase('from a client', goAway(protocol), ask(1), frame(frameType.data + 5, 4, 1, bytes(4)))],
  '6.7 PING': [
    kase('an acknowledgement that nobody asked for', fine, ping(flag.acknowledge)),
    kase('of a stream', goAway(protocol), ping(0, 1)),
    kase('seven octets', goAway(frameSize), ping(0, 0, 7)),
    kase('nine octets', goAway(frameSize), ping(0, 0, 9)),
  ],
  '6.8 GOAWAY': [
    kase('of a stream', goAway(protocol), frame(frameType.goAway, 0, 1, bytes(8))),
    kase('seven octets', goAway(frameSize), frame(frameType.goAway, 0, 0, bytes(7))),
    kase('with a word, and a request behind it', fine, frame(frameType.goAway, 0, 0, bytes(20)), ask(1)),
  ],
  '6.9 WINDOW_UPDATE': [
    kase('three octets', goAway(frameSize), frame(frameType.windowUpdate, 0, 0, bytes(3))),
    kase('nothing, for the connection', goAway(protocol), widen(0, 0)),
    open('nothing, for a stream', resets(1, protocol), ask(1), widen(1, 0)),
    kase('too much, for the connection', goAway(flowControl), widen(0, 0x7fffffff)),
    kase('too much in two steps', goAway(flowControl), widen(0, 0x7fffffff - 65_535), widen(0, 1)),
    open('too much, for a stream', resets(1, flowControl), ask(1), widen(1, 0x7fffffff)),
    open('too much, by a setting', goAway(flowControl), ask(1), widen(1, 0x7fffffff - 65_535), settings([4, 65_536])),
    open('as much as may be, by a setting', fine, ask(1), widen(1, 0x7fffffff - 65_535), settings([4, 65_535])),
  ],
  '6.10 CONTINUATION': [
    kase(
      'three of them',
      fine,
      opened(flag.endStream, block.subarray(0, 9)),
      cut(0, block.subarray(9, 12)),
      cut(0, bytes(0)),
      cut(flag.endHeaders, block.subarray(12)),
    ),
    kase('behind a whole block', goAway(protocol), ask(1), cut(flag.endHeaders, block)),
    kase('of the connection', goAway(protocol), cut(flag.endHeaders, block, 0)),
    kase(
      'without an end',
      goAway(enhanceYourCalm),
      opened(0, block),
      ...Array.from({ length: 40 }, () => cut(0, bytes(0))),
    ),
    kase(
      '64 KiB and more',
      goAway(enhanceYourCalm),
      opened(0, bytes(16_384)),
      ...Array.from({ length: 4 }, () => cut(0, bytes(16_384))),
    ),
  ],
  '8.1 messages': [
    kase('trailers', fine, upload(1), data(1, 'abc'), headers(1, [['x', 'y']], whole)),
    kase('trailers that do not end', resets(1, protocol), upload(1), data(1, 'a'), headers(1, [['x', 'y']])),
    kase('pseudo-fields in trailers', resets(1, protocol), upload(1), headers(1, [[':path', '/']], whole)),
    kase(
      'a field of the connection in trailers',
      resets(1, protocol),
      upload(1),
      headers(1, [['connection', 'x']], whole),
    ),
    kase('a name in upper case in trailers', resets(1, protocol), upload(1), headers(1, [['X', 'y']], whole)),
  ],
  '8.1.1 lengths': [
    kase('as said', fine, upload(1, [['content-length', '3']]), data(1, 'ab'), data(1, 'c', flag.endStream)),
    kase('longer', resets(1, protocol), upload(1, [['content-length', '3']]), data(1, 'abcd', flag.endStream)),
    kase('longer by a frame', resets(1, protocol), upload(1, [['content-length', '3']]), data(1, 'abc'), data(1, 'd')),
    kase('shorter', resets(1, protocol), upload(1, [['content-length', '3']]), data(1, 'ab', flag.endStream)),
    kase(
      'shorter, by trailers',
      resets(1, protocol),
      upload(1, [['content-length', '3']]),
      headers(1, [['x', 'y']], whole),
    ),
    kase('no body', resets(1, protocol), ask(1, [['content-length', '3']])),
    kase('0 and no body', fine, ask(1, [['content-length', '0']])),
    kase(
      'twice',
      resets(1, protocol),
      ask(1, [
        ['content-length', '0'],
        ['content-length', '0'],
      ]),
    ),
    kase('no number', resets(1, protocol), upload(1, [['content-length', '+3']])),
  ],
  '8.2 fields': [
    kase('a name in upper case', resets(1, protocol), ask(1, [['X', 'y']])),
    kase('a name that is no token', resets(1, protocol), ask(1, [['x y', 'z']])),
    kase('no name', resets(1, protocol), ask(1, [['', 'z']])),
    kase('a line end in a value', resets(1, protocol), ask(1, [['x', 'y\r\nz: 1']])),
    kase('NUL in a value', resets(1, protocol), ask(1, [['x', 'y\0']])),
    kase('a blank before a value', resets(1, protocol), ask(1, [['x', ' y']])),
    kase('an empty value', fine, ask(1, [['x', '']])),
    ...['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade'].map((name) =>
      kase(name, resets(1, protocol), ask(1, [[name, 'x']])),
    ),
    kase('te: trailers', fine, ask(1, [['te', 'trailers']])),
    kase('te: gzip', resets(1, protocol), ask(1, [['te', 'gzip']])),
    kase(
      'host twice',
      resets(1, protocol),
      ask(1, [
        ['host', 'a'],
        ['host', 'a'],
      ]),
    ),
  ],
  '8.3 pseudo-fields': [
    ...[':method', ':scheme', ':path'].map((name) =>
      kase(`no ${name}`, resets(1, protocol), headers(1, without(name), whole)),
    ),
    ...get.map((field) => kase(`${field[0]} twice`, resets(1, protocol), headers(1, [...get, field], whole))),
    kase('no :authority', fine, headers(1, [...without(':authority'), ['host', 'a']], whole)),
    kase('one behind a field', resets(1, protocol), headers(1, [['x', 'y'], ...get], whole)),
    kase(':status', resets(1, protocol), ask(1, [[':status', '200']])),
    kase(':protocol', resets(1, protocol), headers(1, [...get, [':protocol', 'websocket']], whole)),
    kase('one that nobody knows', resets(1, protocol), headers(1, [[':x', 'y'], ...get], whole)),
    kase('an empty :path', resets(1, protocol), headers(1, [...without(':path'), [':path', '']], whole)),
    kase('a :path with a blank', resets(1, protocol), headers(1, [...without(':path'), [':path', '/a b']], whole)),
    kase('a URL as :path', resets(1, protocol), headers(1, [...without(':path'), [':path', 'http://a/']], whole)),
    kase('* of a GET', resets(1, protocol), headers(1, [...without(':path'), [':path', '*']], whole)),
    kase(
      '* of an OPTIONS',
      fine,
      headers(
        1,
        [
          [':method', 'OPTIONS'],
          [':scheme', 'https'],
          [':path', '*'],
          [':authority', 'a'],
        ],
        whole,
      ),
    ),
    kase('a :scheme with a slash', resets(1, protocol), headers(1, [...without(':scheme'), [':scheme', 'a/']], whole)),
    kase(
      'an :authority with a slash',
      resets(1, protocol),
      headers(1, [...without(':authority'), [':authority', 'a/b']], whole),
    ),
    kase(
      'CONNECT',
      fine,
      headers(
        1,
        [
          [':method', 'CONNECT'],
          [':authority', 'a:443'],
        ],
        whole,
      ),
    ),
    kase('CONNECT with a path', resets(1, protocol), headers(1, [[':method', 'CONNECT'], ...get.slice(1)], whole)),
  ],
};

/** The last word that matters: GOAWAY, or else the first RST_STREAM. */
function fateOf({ frames }: Talk): Fate {
  const gone = frames.find(({ type }) => type === frameType.goAway);
  if (gone !== undefined) return goAway(gone.payload.readUInt32BE(4));
  const broken = frames.find(({ type }) => type === frameType.reset);
  return broken === undefined ? fine : resets(broken.stream, broken.payload.readUInt32BE(0));
}

for (const [section, cases] of Object.entries(sections)) {
  describe(`RFC 9113 ${section}`, () => {
    for (const { says, sent, fate, isRaw = false, isAnswered = true } of cases) {
      it(`${says}: ${fate.join(' ')}`, () => {
        const all = isRaw ? sent : [preface, ...sent];
        const talked = talk(all, { isAnswered });
        assert.deepEqual(fateOf(talked), fate, talked.told.join('\n'));
        // The same, octet by octet.
        const slowly = talk(
          [...Buffer.concat(all)].map((octet) => Buffer.from([octet])),
          { isAnswered },
        );
        assert.deepEqual(fateOf(slowly), fate, slowly.told.join('\n'));
        if (fate[0] !== 'goAway' && isAnswered) {
          // The connection goes on.
          talked.send(ping());
          assert.deepEqual(
            [talked.frames.at(-1)!.type, talked.frames.at(-1)!.flags],
            [frameType.ping, flag.acknowledge],
          );
        }
      });
    }
  });
}
