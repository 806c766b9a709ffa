import assert from 'node:assert/strict';
import { it } from 'node:test';
import { http2Limits } from './limits.ts';
import { WaitingBody } from './waitingBody.ts';

/** Says at each place where it is, so that nothing can be lost or change places. */
const positions = (length: number) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index).buffer);

it('pieces of any size are sent in their order, octet by octet, however much of them at a time', () => {
  const whole = positions(2_000_000);
  const sizes = [1, 3, 1_000, 1, 16_384, 16_385, 7, 40_000, 1, 1, 4_096, 9_000];
  const sends = [1, 700, 5, 16_384, 0, 12_000, 16_384, 16_384];
  const waiting = new WaitingBody();
  const got: Buffer[] = [];
  const send = (most: number) => {
    const { first } = waiting;
    const size = Math.min(first.length, most);
    got.push(Buffer.from(first.subarray(0, size)));
    waiting.onSent(size);
  };
  let added = 0;
  let sent = 0;
  for (let step = 0; added < whole.length; step++) {
    const to = Math.min(whole.length, added + sizes[step % sizes.length]!);
    const lent = Buffer.from(whole.subarray(added, to));
    waiting.add(lent);
    // A large one must stay as it is.
    if (lent.length <= http2Limits.copiedBytesMax) lent.fill(0xbb);
    added = to;
    // Now and then nearly all of it goes, so that pieces are joined to one that is half sent.
    for (let times = step % 40 > 30 ? 10 : 1; times > 0; times--) {
      const before = waiting.bytes;
      send(sends[step % sends.length]!);
      sent += before - waiting.bytes;
    }
    assert.equal(waiting.bytes, added - sent);
  }
  while (waiting.bytes > 0) send(16_384);
  assert.equal(waiting.first.length, 0);
  assert.ok(Buffer.concat(got).equals(whole));
});

it('octets are joined to pieces of a frame', () => {
  const whole = positions(40_000);
  const waiting = new WaitingBody();
  for (let at = 0; at < whole.length; at++) waiting.add(whole.subarray(at, at + 1));
  const lengths: number[] = [];
  while (waiting.bytes > 0) {
    lengths.push(waiting.first.length);
    waiting.onSent(waiting.first.length);
  }
  assert.deepEqual(lengths, [16_384, 16_384, 7_232]);
});

it('what is dropped is gone, and what comes later is sent from its beginning', () => {
  const waiting = new WaitingBody();
  waiting.add(Buffer.from('abc'));
  waiting.add(Buffer.alloc(20_000));
  waiting.onSent(1);
  waiting.drop();
  assert.deepEqual([waiting.bytes, waiting.first.length], [0, 0]);
  waiting.add(Buffer.from('def'));
  assert.equal(waiting.first.toString(), 'def');
});
