import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chromeBlock,
  chromeOpening,
  frame,
  headers,
  magic,
  oldFirefoxOpening,
  settings,
  settingsAck,
  windowUpdate,
} from '../../test/http2/openings.ts';
import { talk } from '../../test/http2/talk.ts';
import { quad } from '../../test/smuggling/rawHttp2.ts';

/** The fingerprint, however the bytes arrive. */
function fingerprint(...parts: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(parts);
  const { opening } = talk([bytes]).session;
  const slowly = talk([...bytes].map((octet) => Buffer.from([octet]))).session.opening;
  assert.equal(slowly.fingerprint, opening.fingerprint);
  return opening.fingerprint;
}

const request = headers(chromeBlock);

test('openings of browsers give the published fingerprints', () => {
  assert.equal(fingerprint(chromeOpening()), '1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p');
  assert.equal(
    fingerprint(oldFirefoxOpening()),
    '1:65536;4:131072;5:16384|12517377|3:0:0:201,5:0:0:101,7:0:0:1,9:0:7:1,11:0:3:1,13:1:0:241|m,p,a,s',
  );
  assert.equal(fingerprint(magic, settings(), request), '|00|0|m,a,s,p');
});

test('values keep all their 32 bits, reserved bits are ignored', () => {
  const reserved = 0x80000000;
  const opening = [
    settings([3, 0xffffffff], [0xfefe, 1]),
    frame(8, 0, 0, quad(reserved + 7)),
    frame(2, 0, reserved + 3, quad(reserved), Buffer.from([0])),
    frame(1, 4, reserved + 1, chromeBlock),
  ];
  assert.equal(fingerprint(magic, ...opening), '3:4294967295;65278:1|7|3:1:0:1|m,a,s,p');
});

test('only the first of each counts, up to the first request; frames that say nothing here are passed over', () => {
  const passed = [
    settingsAck,
    settings([1, 2], [3, 4]),
    windowUpdate(5),
    windowUpdate(6),
    frame(6, 0, 0, Buffer.alloc(8)),
    frame(16, 0, 0, quad(1), Buffer.from('u=1')),
    frame(0xfe, 0xff, 3, Buffer.alloc(1_000)),
    frame(7, 0, 0, Buffer.alloc(8)),
  ];
  const behind = [windowUpdate(7), frame(2, 0, 3, quad(0), Buffer.from([0]))];
  assert.equal(fingerprint(magic, settings([2, 0]), ...passed, request, ...behind), '2:0|5|0|m,a,s,p');
  assert.equal(fingerprint(magic, settings([2, 0]), request, ...behind), '2:0|00|0|m,a,s,p');
});

test('a first request that is turned away tells its pseudo-headers all the same, and not without end', () => {
  assert.equal(fingerprint(magic, settings(), headers(Buffer.alloc(50, 0x82))), '|00|0|m,m,m,m,m,m,m,m');
  assert.equal(fingerprint(magic, settings(), headers(Buffer.from([0x88, 0x82]))), '|00|0|?,m');
});

test('priorities are told up to a bound', () => {
  const many = Array.from({ length: 100 }, (_, index) => frame(2, 0, 3 + index * 2, quad(0), Buffer.from([0])));
  const told = fingerprint(magic, settings(), ...many, request).split('|')[2]!;
  assert.equal(told.split(',').length, 64);
});
