import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleHeads } from '../../agent/rehearsal/sampleHeads.ts';
import { latencyBoundsMs } from '../../contract/metrics/bounds.ts';
import { fieldNumber, requestHead } from '../../http/index.ts';
import { LatencyHistogram } from '../counts/latencyHistogram.ts';
import { TrustedPeers } from '../listen/trustedPeers.ts';
import { HeadSampler, sampleLimits, sampleOf } from '../request/headSampler.ts';

const headOf = (rawHeaders: readonly string[]) =>
  requestHead({ method: 'GET', target: '/', version: '1.1', rawHeaders, scheme: 'http', clientAddress: '192.0.2.1' });

test('a quantile is right to a tenth, and forgets what is over ten seconds old', () => {
  const histogram = new LatencyHistogram();
  assert.equal(histogram.quantileMs(0.99, 0), 0);
  for (let ms = 1; ms <= 1_000; ms++) histogram.record(ms);
  const p99 = histogram.quantileMs(0.99, 1_000);
  assert.ok(p99 >= 990 && p99 <= 990 * 1.1, `${p99}`);
  histogram.record(Number.MAX_VALUE);
  histogram.quantileMs(0.5, 6_000);
  assert.equal(histogram.quantileMs(0.5, 12_000), 0);
});

test('samples are bounded in number, size and pace, and each is sent once', () => {
  const sampler = new HeadSampler();
  sampler.offer(headOf(['A', 'x'.repeat(sampleLimits.headCharsMax)]), 0);
  assert.deepEqual(sampler.take(), []);
  const sent: number[] = [];
  for (let ms = 0; ms < 60_000; ms++) {
    sampler.offer(headOf(['N', String(ms)]), ms);
    if (ms % 1_000 !== 0) continue;
    const heads = sampler.take();
    assert.ok(heads.length <= sampleLimits.headsPerSending);
    sent.push(...heads.map(({ rawHeaders }) => Number(rawHeaders[1])));
  }
  assert.equal(new Set(sent).size, sent.length);
  assert.ok(sent.length > 550, `${sent.length}`);
  while (sampler.take().length > 0);
  sampler.offer(headOf(['N', 'last']), 70_000);
  assert.deepEqual(
    sampler.take().map(({ rawHeaders }) => rawHeaders[1]),
    ['last'],
  );
});

test('a sample makes the same head again', () => {
  const parts = { method: 'POST', version: '1.0', scheme: 'https', clientAddress: '192.0.2.1' } as const;
  for (const head of [
    requestHead({ ...parts, target: 'http://Other.example:81/a?b', rawHeaders: ['Accept', '*/*'] }),
    requestHead({ ...parts, target: '/a?b', rawHeaders: ['Host', 'Shop.example:80', 'A', '1', 'a', '2'] }),
    requestHead({ ...parts, target: '/a', rawHeaders: ['host', 'shop.example'], isRelayed: true }),
  ]) {
    const again = requestHead(sampleOf(head));
    // The authority stands in for a Host that the sample may lack.
    assert.deepEqual({ ...again, authority: undefined }, { ...head, authority: undefined });
    assert.deepEqual(again.headers, head.headers);
  }
});

test('a sending of ordinary heads is small', () => {
  const sampler = new HeadSampler();
  const headers = [
    'Host',
    'shop.example',
    'User-Agent',
    'a'.repeat(130),
    'Accept',
    'b'.repeat(120),
    'Cookie',
    'c'.repeat(400),
  ];
  for (let index = 0; index < 500; index++) sampler.offer(headOf(headers), index);
  assert.ok(JSON.stringify(sampler.take()).length < 20_000);
});

test('secrets leave the worker as filler of the same length', () => {
  const head = sampleOf(headOf(['COOKIE', 'sid=secret', 'authorization', 'Bearer t', 'Accept', '*/*']));
  assert.deepEqual(head.rawHeaders, ['COOKIE', 'xxxxxxxxxx', 'authorization', 'xxxxxxxx', 'Accept', '*/*']);
  assert.ok(!JSON.stringify(head).includes('secret'));
});

test('the agent keeps a share of every worker', () => {
  const kept = new SampleHeads();
  kept.add(
    2,
    Array.from({ length: 50 }, () => sampleOf(headOf(['From', 'quiet']))),
  );
  for (let turn = 0; turn < 100; turn++)
    kept.add(
      1,
      Array.from({ length: 10 }, () => sampleOf(headOf(['From', 'busy']))),
    );
  const from = kept.list().map(({ headers }) => headers.from);
  assert.deepEqual([from.length, from.filter((name) => name === 'quiet').length], [200, 50]);
});

test('the visitor behind proxies: only as far as they are trusted', () => {
  const peers = new TrustedPeers(['10.0.0.0/8', '2001:db8::/32']);
  const visitor = (chain: string | undefined, peer = '10.0.0.1') => peers.visitorAddress(peer, chain);
  assert.equal(visitor(undefined), '10.0.0.1');
  assert.equal(visitor('203.0.113.9'), '203.0.113.9');
  assert.equal(visitor('6.6.6.6, 203.0.113.9, 10.9.9.9'), '203.0.113.9');
  assert.equal(visitor('203.0.113.9:4711, [2001:db8::7]:443'), '203.0.113.9');
  assert.equal(visitor('203.0.113.9, unknown'), '10.0.0.1', 'what a liar wrote behind the truth ends the walk');
  assert.equal(visitor('10.1.1.1, 10.2.2.2'), '10.1.1.1', 'all trusted: the first of them');
  assert.equal(visitor('203.0.113.9', '198.51.100.1'), '198.51.100.1', 'a stranger’s word counts nothing');
  assert.equal(visitor('::ffff:203.0.113.9'), '203.0.113.9');
  assert.throws(() => new TrustedPeers(['10.0.0.0/40']), /not an address or CIDR/);
});

test('a peer of a private network that forwards and is not named is told of, once, and few are', () => {
  const told: string[] = [];
  const peers = new TrustedPeers(['192.0.2.0/24'], (peer) => told.push(peer));
  const forwarded = { raw: ['X-Forwarded-For', '203.0.113.1'], numbers: [fieldNumber('x-forwarded-for')] };
  for (const peer of ['203.0.113.7', '10.1.2.3', '10.1.2.3', '::1', 'nonsense', '']) peers.notice(forwarded, peer);
  peers.notice({ raw: ['Host', 'a'], numbers: [fieldNumber('host')] }, '10.9.9.9');
  assert.deepEqual(told, ['10.1.2.3', '::1']);
  for (let index = 0; index < 100; index += 1) peers.notice(forwarded, `10.1.3.${index}`);
  assert.equal(told.length, 8);
});

test('all answers since the start by bucket: none lost when the windows turn, none guessed', () => {
  const histogram = new LatencyHistogram();
  const durations = [0.01, 0.06, 1, 3, 250, 70_000, 1e9];
  for (const ms of durations) histogram.record(ms);
  for (const nowMs of [6_000, 12_000, 18_000]) histogram.quantileMs(0.5, nowMs);
  histogram.record(3);
  const expected = [...latencyBoundsMs, Number.POSITIVE_INFINITY].map((bound, index, bounds) => {
    const above = bounds[index - 1] ?? Number.NEGATIVE_INFINITY;
    return [...durations, 3].filter((ms) => ms > above && ms <= bound).length;
  });
  assert.deepEqual(histogram.totals(), expected);
  assert.equal(
    histogram.sumMs,
    durations.reduce((sum, ms) => sum + ms, 3),
  );
});
