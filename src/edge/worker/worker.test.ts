import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHead } from '../../http/index.ts';
import { TrustedPeers } from '../listen/trustedPeers.ts';
import { HeadSampler, sampleLimits, withoutSecrets } from './headSampler.ts';
import { LatencyHistogram } from './latencyHistogram.ts';

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

test('samples are bounded in number, size and pace', () => {
  const sampler = new HeadSampler();
  sampler.offer(headOf(['A', 'x'.repeat(sampleLimits.headCharsMax)]), 0);
  assert.equal(sampler.takeChanged(), undefined);
  for (let ms = 0; ms < 10_000; ms++) sampler.offer(headOf(['N', String(ms)]), ms);
  const heads = sampler.takeChanged()!;
  assert.equal(heads.length, sampleLimits.headsMax);
  assert.ok(heads.some((head) => Number(head.headers.n) > 9_900));
  assert.equal(sampler.takeChanged(), undefined);
});

test('secrets leave the worker as filler of the same length', () => {
  const head = withoutSecrets(headOf(['COOKIE', 'sid=secret', 'authorization', 'Bearer t', 'Accept', '*/*']));
  assert.deepEqual(head.rawHeaders, ['COOKIE', 'xxxxxxxxxx', 'authorization', 'xxxxxxxx', 'Accept', '*/*']);
  assert.equal(head.headers.cookie, 'xxxxxxxxxx');
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
