import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHoweverSplit } from '../../test/wire/beginnings.ts';
import {
  chromeBlock,
  chromeOpening,
  frame,
  headers,
  magic,
  oldFirefoxOpening,
  priority,
  settings,
  settingsAck,
  u32,
  windowUpdate,
} from '../../test/wire/prefaceBytes.ts';
import { http2Fingerprint } from './http2Fingerprint.ts';
import { readHttp2Preface } from './http2Preface.ts';

function read(...parts: readonly Uint8Array[]) {
  return readHoweverSplit(readHttp2Preface, Buffer.concat(parts));
}

/** The fingerprint, the reason, or what is known so far. */
function verdict(...parts: readonly Uint8Array[]): string {
  const result = read(...parts);
  if (result.kind === 'refused') return result.reason;
  if (result.kind === 'done') return http2Fingerprint(result.preface);
  return result.soFar === null ? 'more' : `more ${http2Fingerprint(result.soFar)}`;
}

const request = headers(chromeBlock);

test('openings of browsers give the published fingerprints', () => {
  assert.equal(verdict(chromeOpening()), '1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p');
  assert.equal(
    verdict(oldFirefoxOpening()),
    '1:65536;4:131072;5:16384|12517377|3:0:0:201,5:0:0:101,7:0:0:1,9:0:7:1,11:0:3:1,13:1:0:241|m,p,a,s',
  );
  assert.equal(verdict(magic, settings(), request), '|00|0|m,a,s,p');
});

test('values keep all their 32 bits, reserved bits are ignored', () => {
  const reserved = 0x80000000;
  const opening = [
    settings([4, 0xffffffff], [0xfefe, 1]),
    frame(8, 0, 0, u32(reserved + 7)),
    frame(2, 0, reserved + 3, u32(reserved), Buffer.from([0])),
    frame(1, 4, reserved + 1, chromeBlock),
  ];
  assert.equal(verdict(magic, ...opening), '4:4294967295;65278:1|7|3:1:0:1|m,a,s,p');
});

test('only the first of each counts; frames that say nothing here are passed over', () => {
  const passed = [
    settingsAck,
    settings([1, 2], [3, 4]),
    windowUpdate(5),
    windowUpdate(6),
    frame(6, 0, 0, Buffer.alloc(8)),
    frame(16, 0, 0, u32(1), Buffer.from('u=1')),
    frame(0xfe, 0xff, 3, Buffer.alloc(1_000)),
    frame(7, 0, 0, Buffer.alloc(8)),
  ];
  assert.equal(verdict(magic, settings([2, 0]), ...passed, request), '2:0|5|0|m,a,s,p');
  const opening = read(magic, settings([2, 0]), ...passed, request);
  const before = Buffer.concat([magic, settings([2, 0]), ...passed]).length;
  assert.ok(opening.kind === 'done' && opening.bytesUsed === before);
});

test('a client that waits for the server before it asks is known so far', () => {
  assert.equal(verdict(magic), 'more');
  assert.equal(verdict(magic, settings([3, 100]).subarray(0, -1)), 'more');
  assert.equal(verdict(magic, settings([3, 100])), 'more 3:100|00|0|');
  assert.equal(verdict(magic, settings([3, 100]), windowUpdate(9), priority(3, 0, 16)), 'more 3:100|9|3:0:0:16|');
  assert.equal(verdict(magic, settings([3, 100]), request.subarray(0, 12)), 'more 3:100|00|0|');
});

test('padding, priority and CONTINUATION around the header block', () => {
  const start = [magic, settings([2, 0])];
  const padded = frame(1, 8 | 4, 1, Buffer.from([3]), chromeBlock.subarray(0, 1), Buffer.alloc(3, 0x84));
  assert.equal(verdict(...start, padded), '2:0|00|0|m');
  const both = frame(1, 8 | 4 | 0x20, 1, Buffer.from([1]), u32(0), Buffer.from([5]), chromeBlock, Buffer.alloc(1));
  assert.equal(verdict(...start, both), '2:0|00|0|m,a,s,p');
  for (let cut = 0; cut <= chromeBlock.length; cut++) {
    const parts = [
      frame(1, 0, 1, chromeBlock.subarray(0, cut)),
      frame(9, 0, 1),
      frame(9, 4, 1, chromeBlock.subarray(cut)),
    ];
    assert.equal(verdict(...start, ...parts), '2:0|00|0|m,a,s,p', `cut at ${cut}`);
  }
});

test('a fat cookie is not waited for', () => {
  const cookie = Buffer.concat([Buffer.from([0x0f, 17, 0x7f, 0xa1, 0xff, 0x01]), Buffer.alloc(16_000, 0x61)]);
  const opening = Buffer.concat([magic, settings([2, 0]), frame(1, 4, 1, chromeBlock.subarray(0, -5), cookie)]);
  const soon = readHttp2Preface(opening.subarray(0, 120));
  assert.equal(soon.kind, 'done');
  assert.equal(verdict(opening), '2:0|00|0|m,a,s,p');
});

test('what is no preface is refused with its reason', () => {
  const start = Buffer.concat([magic, settings([2, 0])]);
  assert.equal(verdict(Buffer.from('GET / HTTP/1.1\r\n')), 'not-http2');
  assert.equal(verdict(Buffer.from('PRI * HTTP/2.0\r\n\r\nXX')), 'not-http2');
  for (const first of [windowUpdate(1), settingsAck, request, frame(0xbb, 0, 0)]) {
    assert.equal(verdict(magic, first), 'settings-missing', first.toString('hex'));
  }
  const many = (count: number) => settings(...Array.from({ length: count }, (_, at) => [at, 0] as const));
  assert.match(verdict(magic, many(32)), /^more 0:0;/);
  assert.equal(verdict(magic, many(33)), 'settings-too-many');
  const malformed = [
    frame(4, 0, 1),
    frame(4, 0, 0, Buffer.alloc(5)),
    frame(4, 1, 0, Buffer.alloc(6)),
    frame(8, 0, 0, Buffer.alloc(3, 1)),
    frame(8, 0, 0, Buffer.alloc(5, 1)),
    windowUpdate(0),
    frame(2, 0, 3, Buffer.alloc(4)),
    frame(2, 0, 0, Buffer.alloc(5)),
    frame(6, 0, 0, Buffer.alloc(7)),
    frame(6, 0, 1, Buffer.alloc(8)),
    frame(7, 0, 0, Buffer.alloc(7)),
    headers(chromeBlock, 0),
    headers(chromeBlock, 2),
    frame(1, 4 | 0x20, 1, Buffer.alloc(4)),
    frame(1, 4 | 8, 1),
    frame(1, 4 | 8, 1, Buffer.from([2, 0x82])),
  ];
  for (const bad of malformed) assert.equal(verdict(start, bad, request), 'frame-malformed', bad.toString('hex'));
  const unexpected = [
    frame(0, 1, 1),
    frame(3, 0, 1, u32(8)),
    frame(5, 4, 1, u32(2)),
    frame(9, 4, 1, chromeBlock),
    windowUpdate(1, 1),
    Buffer.concat([frame(1, 0, 1, chromeBlock.subarray(0, 1)), frame(0, 0, 1)]),
    Buffer.concat([frame(1, 0, 1, chromeBlock.subarray(0, 1)), frame(9, 4, 3, chromeBlock)]),
  ];
  for (const bad of unexpected) assert.equal(verdict(start, bad, request), 'frame-unexpected', bad.toString('hex'));
  assert.equal(verdict(magic, frame(4, 0, 0, Buffer.alloc(6 * 2_731))), 'frame-too-large');
  assert.equal(verdict(start, frame(0xfa, 0, 0, Buffer.alloc((1 << 14) + 1))), 'frame-too-large');
  const continued = frame(9, 0, 1, Buffer.alloc((1 << 14) + 1));
  assert.equal(verdict(start, frame(1, 0, 1, chromeBlock.subarray(0, 1)), continued), 'frame-too-large');
  for (const block of [[0x80], [0x82, 0x20], [0xbe], [0x40, 0, 0]]) {
    assert.equal(verdict(start, headers(Buffer.from(block))), 'header-block-malformed', block.join());
  }
});

test('bounds: 64 frames, 16 KiB, eight pseudo-headers', () => {
  const start = Buffer.concat([magic, settings([2, 0])]);
  const ping = frame(6, 0, 0, Buffer.alloc(8));
  const pings = (count: number) => Buffer.concat(new Array<Buffer>(count).fill(ping));
  assert.equal(verdict(start, pings(62), request), '2:0|00|0|m,a,s,p');
  assert.equal(verdict(start, pings(63), request), 'preface-too-long');
  const empty = Buffer.concat(new Array<Buffer>(64).fill(frame(9, 0, 1)));
  assert.equal(verdict(start, frame(1, 0, 1), empty), 'preface-too-long');
  const filler = frame(0xfa, 0, 0, Buffer.alloc(16_200));
  assert.equal(verdict(start, filler, request), '2:0|00|0|m,a,s,p');
  assert.equal(verdict(start, frame(0xfa, 0, 0, Buffer.alloc(16_384)), request), 'preface-too-long');
  const longPath = Buffer.concat([Buffer.from([0x04, 0x7f, 0x81, 0x7e]), Buffer.alloc(16_256, 0x61)]);
  assert.equal(verdict(start, pings(6), headers(longPath)), 'preface-too-long');
  assert.equal(verdict(start, headers(Buffer.alloc(8, 0x82))), '2:0|00|0|m,m,m,m,m,m,m,m');
  assert.equal(verdict(start, headers(Buffer.alloc(9, 0x82))), 'header-block-malformed');
});

test('a header block cut into sixty pieces and sent byte by byte costs little', () => {
  // A path that goes on and on, the worst that 16 KiB can hold.
  const block = Buffer.concat([Buffer.from([0x04, 0x7f, 0xf9, 0x6f]), Buffer.alloc(14_200, 0x61)]);
  const pieces = Array.from({ length: 60 }, (_, at) => frame(9, 0, 1, block.subarray(at * 240, (at + 1) * 240)));
  const opening = Buffer.concat([magic, settings(), frame(1, 0, 1), ...pieces]);
  const started = performance.now();
  for (let length = 0; length < opening.length; length++) {
    assert.equal(readHttp2Preface(opening.subarray(0, length)).kind, 'more');
  }
  // 15,000 calls: 1.6 s when every piece copied all before it, 0.1 s now.
  assert.ok(performance.now() - started < 1_200);
});
