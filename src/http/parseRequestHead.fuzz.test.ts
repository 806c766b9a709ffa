import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { parseRequestHead } from './parseRequestHead.ts';
import type { RequestHead } from './requestHead.ts';

const seed = Number(process.env.SEED ?? 5);
const base = Buffer.from(
  'POST /a/b?c=d HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: x\r\nAccept: */*\r\nCookie: a=1\r\nContent-Length: 3\r\n\r\nabc',
);
const pieces = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ':',
  ' ',
  '\t',
  '\0',
  'HTTP/1.1',
  '__proto__: x\r\n',
  'Host: b\r\n',
  '\xff',
  '#',
];

function written(head: RequestHead): Buffer {
  const version = head.version === '2' ? 'HTTP/2' : `HTTP/${head.version}`;
  let text = `${head.method} ${head.target} ${version}\r\n`;
  for (let index = 0; index < head.rawHeaders.length; index += 2) {
    text += `${head.rawHeaders[index]}: ${head.rawHeaders[index + 1]}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}

test('any bytes are a head or a sentence, and a head written down again reads the same', () => {
  const random = seededRandom(seed);
  let accepted = 0;
  for (let round = 0; round < 30_000; round += 1) {
    let bytes = base;
    for (let change = 0; change <= random.next() * 4; change += 1) {
      const at = Math.floor(random.next() * bytes.length);
      const cut = random.next() < 0.5 ? 0 : Math.floor(random.next() * 6);
      const piece =
        random.next() < 0.7
          ? Buffer.from(pieces[Math.floor(random.next() * pieces.length)]!, 'latin1')
          : Buffer.from([Math.floor(random.next() * 256)]);
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + cut)]);
    }
    const parsed = parseRequestHead(bytes);
    if (!parsed.ok) {
      assert.ok(parsed.error.length > 10, `seed ${seed}, round ${round}`);
      continue;
    }
    accepted += 1;
    assert.ok(!/[\0\r\n]/.test(parsed.value.target + parsed.value.rawHeaders.join('')), `seed ${seed}, round ${round}`);
    assert.deepEqual(parseRequestHead(written(parsed.value)), parsed, `seed ${seed}, round ${round}`);
  }
  assert.ok(accepted > 1_000 && accepted < 29_000, String(accepted));
});
