import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateFields } from './rateFields.ts';
import { compileLimit } from './rateLimit.ts';

const limit = compileLimit({ rate: 100, perMs: 60_000, burst: 100 }, 'a');
const daily = compileLimit({ rate: 1_000, perMs: 86_400_000, burst: 20 }, 'b');

test('a limited request: when to come again, what is left, and what the limit is', () => {
  assert.deepEqual(rateFields([{ policy: 'search', limit, isAdmitted: false, remaining: 0, msUntilNext: 2_001 }]), {
    'Retry-After': '3',
    RateLimit: '"search";r=0;t=3',
    'RateLimit-Policy': '"search";q=100;w=60',
  });
});

test('an admitted request has no Retry-After; a burst of its own is named', () => {
  assert.deepEqual(
    rateFields([{ policy: 'daily', limit: daily, isAdmitted: true, remaining: 19, msUntilNext: 86_400 }]),
    {
      RateLimit: '"daily";r=19;t=87',
      'RateLimit-Policy': '"daily";q=1000;w=86400;holdfast-burst=20',
    },
  );
});

test('Retry-After is that of the limits that refused, and no window beside it ends later', () => {
  const { RateLimit, 'Retry-After': retryAfter } = rateFields([
    { policy: 'daily', limit: daily, isAdmitted: true, remaining: 3, msUntilNext: 80_000 },
    { policy: 'search', limit, isAdmitted: false, remaining: 0, msUntilNext: 4_000 },
    { policy: 'other', limit, isAdmitted: false, remaining: 0, msUntilNext: 600 },
  ]);
  assert.equal(retryAfter, '4');
  assert.equal(RateLimit, '"daily";r=3, "search";r=0;t=4, "other";r=0;t=1');
});

test('whatever a rule is called and whatever the figures are, the fields are what RFC 9651 allows', () => {
  const fields = rateFields([
    { policy: 'a "b" \\ ü\n', limit, isAdmitted: false, remaining: -3, msUntilNext: Number.POSITIVE_INFINITY },
    { policy: '', limit, isAdmitted: false, remaining: 1e30, msUntilNext: -1 },
  ]);
  assert.equal(fields.RateLimit, '"a \\"b\\" \\\\ __";r=0;t=999999999999999, "";r=999999999999999;t=0');
  assert.equal(fields['Retry-After'], '999999999999999');
  const now = rateFields([{ policy: 'x', limit, isAdmitted: false, remaining: 0, msUntilNext: 0 }]);
  assert.equal(now['Retry-After'], '1');
});
