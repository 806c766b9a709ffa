import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { absentReasons } from './botVerdict.ts';
import { decodeLogBatch, LogBatchWriter, type LogRecord, logLimits } from './logBatch.ts';

const header = { edge: 'edge-1', worker: 2, versions: { features: 12, sites: 3 }, featureNames: ['a', 'b', 'c'] };
const scored: LogRecord = {
  atMs: 1_763_464_800_123.5,
  site: 'bücher.example',
  method: 'GET',
  host: 'shop.example',
  target: '/a?b=c',
  status: 200,
  score: 87,
  absentReason: null,
  source: 'model',
  heuristics: [],
  vector: Float32Array.of(1, Number.NaN, -0.5),
  action: 'allow',
  rule: 'let friends in',
  logged: ['one', 'two'],
  dry: ['three'],
  unknowns: 2,
  clientAddress: '2001:db8::1',
  userAgent: 'curl/8.0',
  ja4: 't13d1516h2_8daaf6152771_02713d6af862',
  http2: '1:65536;4:6291456|15663105|0|m,a,s,p',
  shadowScore: 71,
  headerOrder: 0xfedc_ba98_7654,
  country: 'DE',
  asn: 4_200_000_001,
  operator: 'google',
  durationMs: 12.5,
};
const withColumns: LogRecord = { ...scored, columns: { limited_by: 'bücher', tokens: 2.5, none: '' } };
const absent: LogRecord = {
  ...scored,
  score: null,
  absentReason: 'circuit-open',
  source: null,
  heuristics: [],
  vector: null,
  action: 'pass',
  rule: null,
  logged: [],
  dry: [],
};

function pack(records: readonly LogRecord[], dropped = 0): Uint8Array {
  const writer = new LogBatchWriter();
  writer.begin(header, dropped);
  for (const record of records) assert.ok(writer.add(record));
  return writer.take()!;
}

const decode = (frame: Uint8Array) => decodeLogBatch(frame.subarray(4));

test('what was packed is what is read', () => {
  const frame = pack([scored, absent, { ...scored, score: 1, source: 'heuristics', heuristics: ['x', 'y'] }], 7);
  assert.equal(Buffer.from(frame).readUInt32LE(0), frame.length - 4);
  const batch = decode(frame);
  assert.ok(batch.ok);
  assert.deepEqual(batch.value, {
    ...header,
    dropped: 7,
    records: [scored, absent, { ...scored, score: 1, source: 'heuristics', heuristics: ['x', 'y'] }],
  });
});

test('columns of modules come back under their names, beside records that have none', () => {
  const batch = decode(pack([withColumns, scored, { ...absent, columns: { limited_by: 'x'.repeat(5_000) } }]));
  assert.ok(batch.ok);
  const [first, second, third] = batch.value.records;
  assert.deepEqual({ ...first!.columns }, withColumns.columns);
  assert.equal(second!.columns, undefined);
  assert.equal(third!.columns?.limited_by, 'x'.repeat(logLimits.textBytesMax));
});

test('every absent reason survives', () => {
  for (const absentReason of absentReasons) {
    const batch = decode(pack([{ ...absent, absentReason }]));
    assert.ok(batch.ok && batch.value.records[0]!.absentReason === absentReason);
  }
});

test('the visitor’s own bytes come back, and long texts are cut', () => {
  const wire = Buffer.from('Zoë ☃', 'utf8').toString('latin1');
  const batch = decode(pack([{ ...scored, userAgent: wire, target: `/${'x'.repeat(5_000)}` }]));
  assert.ok(batch.ok);
  assert.equal(batch.value.records[0]!.userAgent, 'Zoë ☃');
  assert.equal(batch.value.records[0]!.target.length, logLimits.textBytesMax);
});

test('a full batch says so and stays readable; the writer starts again', () => {
  const writer = new LogBatchWriter();
  for (let round = 0; round < 2; round++) {
    writer.begin(header, 0);
    let added = 0;
    while (writer.add(scored)) added += 1;
    const frame = writer.take()!;
    assert.ok(frame.length <= logLimits.frameBytesMax && added > 100);
    const batch = decode(frame);
    assert.ok(batch.ok && batch.value.records.length === added);
  }
  assert.equal(writer.take(), undefined);
});

test('a long frame stays as it is while it waits, and its memory is used again when it is given back', () => {
  const writer = new LogBatchWriter();
  const fill = (status: number) => {
    writer.begin(header, 0);
    while (writer.bytes < logLimits.batchBytes) writer.add({ ...scored, status });
    return writer.take()!;
  };
  const statusOf = (frame: Uint8Array) => {
    const batch = decode(frame);
    assert.ok(batch.ok);
    return batch.value.records[0]!.status;
  };
  const first = fill(201);
  const second = fill(202);
  assert.deepEqual([statusOf(first), statusOf(second)], [201, 202]);
  const memory = first.buffer;
  writer.giveBack(first);
  const third = fill(203);
  assert.notEqual(third.buffer, memory, 'the writer had a buffer in hand already');
  assert.equal(fill(204).buffer, memory);
  assert.deepEqual([statusOf(second), statusOf(third)], [202, 203]);
});

test('damaged batches are refused or read, never thrown at the reader', () => {
  const frame = pack([scored, absent, scored]);
  const random = seededRandom(1);
  let refused = 0;
  for (let round = 0; round < 5_000; round++) {
    const bytes = Buffer.from(frame.subarray(4));
    for (let change = 0; change < 3; change++) bytes[Math.floor(random.next() * bytes.length)] = random.next() * 256;
    const cut = round % 3 === 0 ? bytes.subarray(0, Math.floor(random.next() * bytes.length)) : bytes;
    if (!decodeLogBatch(cut).ok) refused += 1;
  }
  assert.ok(refused > 1_500);
});
