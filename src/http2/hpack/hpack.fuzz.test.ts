import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyBlock, anyName, anyText } from '../../../test/http2/anyBlock.ts';
import { fieldNumberOf } from '../../http/index.ts';
import { seededRandom } from '../../kernel/random.ts';
import { HpackDecoder, HpackEncoder, responseBytesMax } from './index.ts';

const seed = Number(process.env.SEED ?? 7_541);
const rounds = process.env.HOLDFAST_TEST_WHOLE === '1' ? 1_000_000 : 12_000;
const bounds = { tableBytesMax: 4_096, listBytesMax: 8 << 10, fieldsMax: 60 };

test('any bytes are a list within the bounds or a fault, and the table stays below its size', () => {
  const random = seededRandom(seed);
  const outcomes = { fine: 0, compression: 0, 'too-large': 0, invalid: 0 };
  let decoder = new HpackDecoder(bounds);
  for (let round = 0; round < rounds; round++) {
    const says = `seed ${seed}, round ${round}`;
    const block = anyBlock(random);
    const fault = decoder.decode(block, 0, block.length);
    outcomes[fault ?? 'fine'] += 1;
    assert.ok(decoder.tableBytes >= 0 && decoder.tableBytes <= bounds.tableBytesMax, says);
    assert.ok(decoder.numbers.length <= bounds.fieldsMax && decoder.raw.length === decoder.numbers.length * 2, says);
    const bytes = decoder.raw.reduce((sum, text) => sum + text.length, decoder.numbers.length * 32);
    assert.ok(bytes <= bounds.listBytesMax, says);
    if (fault === undefined) {
      assert.equal(decoder.hasInvalidField, hasInvalidField(decoder.raw), says);
      if (decoder.hasInvalidField) outcomes.invalid += 1;
    }
    if (fault === 'compression') decoder = new HpackDecoder(bounds);
  }
  for (const [outcome, count] of Object.entries(outcomes)) assert.ok(count > rounds / 500, `${outcome}: ${count}`);
});

test('what the encoder writes is what the decoder reads, with equal tables, whatever the sizes', () => {
  const random = seededRandom(seed);
  const into = Buffer.alloc(32 << 10);
  const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 1 << 20, fieldsMax: 1_000 });
  const encoder = new HpackEncoder();
  for (let round = 0; round < rounds / 4; round++) {
    const says = `seed ${seed}, round ${round}`;
    while (random.next() < 0.05) encoder.setTableBytesMax(Math.floor(random.next() ** 2 * 6_000));
    const raw: string[] = [];
    while (random.next() < 0.9) raw.push(anyName(random), anyText(random));
    const numbers = raw.filter((_, index) => index % 2 === 0).map(fieldNumberOf);
    const end = encoder.encodeFields(raw, numbers, into, 0);
    if (end === -1) continue;
    assert.ok(end <= responseBytesMax(raw), says);
    assert.equal(decoder.decode(into, 0, end), undefined, says);
    assert.deepEqual(
      decoder.raw,
      raw.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text)),
      says,
    );
    assert.equal(decoder.tableBytes, encoder.tableBytes, says);
  }
});

/** By text and pattern, where the decoder goes by octets and tables. */
function hasInvalidField(raw: readonly string[]): boolean {
  return raw.some((text, index) =>
    index % 2 === 0 ? !/^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(text) : /[\x00-\x08\x0a-\x1f\x7f]|^[ \t]|[ \t]$/.test(text),
  );
}
