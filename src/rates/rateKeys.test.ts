import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyHash } from './keyHash.ts';
import { type RateKey, type RateKeyKind, type RateSubject, rateKeyKinds, readRateKey } from './rateKeys.ts';

const nothing: RateSubject = {
  address: null,
  network: null,
  client: null,
  ja4: undefined,
  headerOrder: null,
  asNumber: undefined,
  path: '/',
  headers: {},
};
const full: RateSubject = {
  address: '192.0.2.1',
  network: 3_221_225_984,
  client: '192.0.2.1',
  ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
  headerOrder: 47_814_000_000_000,
  asNumber: 64_496,
  path: '/search',
  headers: { cookie: 'theme=dark; session=abc', authorization: 'Bearer x' },
};
const keys: Readonly<Record<RateKeyKind, RateKey>> = {
  address: { kind: 'address' },
  network: { kind: 'network' },
  client: { kind: 'client' },
  ja4: { kind: 'ja4' },
  'header-order': { kind: 'header-order' },
  as: { kind: 'as' },
  path: { kind: 'path' },
  cookie: { kind: 'cookie', name: 'session' },
  header: { kind: 'header', name: 'authorization' },
};

/** undefined: absent. */
function read(key: RateKey, subject: RateSubject): string | undefined {
  const hash = new KeyHash({ first: 1, second: 2 });
  return readRateKey(key, subject, hash) ? `${hash.high},${hash.low}` : undefined;
}

function hashOf(value: string | number): string {
  const hash = new KeyHash({ first: 1, second: 2 });
  if (typeof value === 'string') hash.ofText(value);
  else hash.ofNumber(value);
  return `${hash.high},${hash.low}`;
}

test('each kind reads its own value, has a sentence, and is absent where the request has none', () => {
  const expected: Readonly<Record<RateKeyKind, string | number>> = {
    address: '192.0.2.1',
    network: 3_221_225_984,
    client: '192.0.2.1',
    ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
    'header-order': 47_814_000_000_000,
    as: 64_496,
    path: '/search',
    cookie: 'abc',
    header: 'Bearer x',
  };
  for (const kind of Object.keys(rateKeyKinds) as RateKeyKind[]) {
    assert.equal(read(keys[kind], full), hashOf(expected[kind]), kind);
    assert.equal(read(keys[kind], nothing), kind === 'path' ? hashOf('/') : undefined, kind);
    assert.equal(rateKeyKinds[kind].named, 'name' in keys[kind]);
    assert.ok(rateKeyKinds[kind].sentence.length > 20);
  }
});

test('a cookie is found by its whole name, wherever it stands, and the first of several counts', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['session=abc', 'abc'],
    ['a=1; session=abc; b=2', 'abc'],
    ['a=1;session=abc;b=2', 'abc'],
    ['a=1;\t session=abc \t; b=2', 'abc'],
    ['session=abc; session=def', 'abc'],
    ['session=a=b=c', 'a=b=c'],
    ['session=', ''],
    ['session="abc"', '"abc"'],
    ['xsession=abc', undefined],
    ['sessionx=abc', undefined],
    ['Session=abc', undefined],
    ['a=session=abc', undefined],
    ['session', undefined],
    ['', undefined],
    [';;; ;', undefined],
    ['a=1; ', undefined],
    ['session ; session=abc', 'abc'],
  ];
  for (const [cookie, value] of cases) {
    const key = read(keys.cookie, { ...nothing, headers: { cookie } });
    assert.equal(key, value === undefined ? undefined : hashOf(value), cookie);
  }
});
