import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Handshake, type RequestHead, requestHead } from '../../http/index.ts';
import { extract } from '../testing/features.ts';
import { handshakeExtractors } from './handshake.ts';

const chrome = (version: number) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const firefox = (version: number) =>
  `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
const safari = (version: number) =>
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version}.0 Safari/605.1.15`;

/* As they were seen on the wire. */
const chrome116 = 't13d1516h2_8daaf6152771_e5627efa2ab1';
const chrome156 = 't13d1517h2_8daaf6152771_cb7bf5808d99';
const chrome156Resumed = 't13d1518h2_8daaf6152771_e2d80978ab2e';
const chrome156Socket = 't13d1517h1_8daaf6152771_c4a234726a38';
const chromeOfTomorrow = 't13d1518h2_8daaf6152771_000000000000';
const firefox153 = 't13d1617h2_86a278354501_3cbfd9057e0d';
const firefox153Resumed = 't13d1617h2_86a278354501_e6dcd7ae0a9e';
const safari18 = 't13d2014h2_a09f3c656075_e42f34c56612';
const python = 't13i4311h1_c7886603b240_b26ce05bbdd6';
const goLike = 't13i1908h2_9dc949149365_000000000000';
const strange = 't13d0707h2_000000000000_000000000000';
const chromeHttp2 = '1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p';
const firefoxHttp2 = '1:65536;2:0;4:131072;5:16384|12517377|0|m,p,a,s';
const goHttp2 = '2:0;4:4194304;6:10485760|1073741824|0|a,m,p,s';

const missing = Number.NaN;
type Row = [extractor: string, userAgent: string, ja4: string | null, http2: string | null, value: number];

const rows: Row[] = [
  ['tls-known-browser', 'any', chrome156, null, 2],
  ['tls-known-browser', 'any', chromeOfTomorrow, null, 1],
  ['tls-known-browser', 'any', python, null, 0],
  ['tls-known-browser', 'any', 'rubbish', null, 0],
  ['tls-known-browser', 'any', null, null, missing],
  ['tls-family-mismatch', chrome(156), chrome156, null, 0],
  ['tls-family-mismatch', chrome(156), chrome156Resumed, null, 0],
  ['tls-family-mismatch', chrome(156), chrome156Socket, null, 0],
  ['tls-family-mismatch', firefox(153), firefox153Resumed, null, 0],
  ['tls-family-mismatch', chrome(150), chromeOfTomorrow, null, 1],
  ['tls-family-mismatch', chrome(160), chromeOfTomorrow, null, missing],
  ['tls-family-mismatch', chrome(133), python, null, 2],
  ['tls-family-mismatch', chrome(190), python, null, 2],
  ['tls-family-mismatch', chrome(133), strange, null, 2],
  ['tls-family-mismatch', safari(26), strange, null, missing],
  ['tls-family-mismatch', chrome(153), firefox153, null, 3],
  ['tls-family-mismatch', safari(26), firefox153, null, 3],
  ['tls-family-mismatch', 'python-requests/2.31', python, null, missing],
  ['tls-family-mismatch', chrome(156), null, null, missing],
  ['tls-version-difference', chrome(110), chrome116, null, 0],
  ['tls-version-difference', chrome(140), chrome116, null, 22],
  ['tls-version-difference', chrome(120), chrome156, null, -14],
  ['tls-version-difference', chrome(190), chrome156, null, 0],
  ['tls-version-difference', safari(26), safari18, null, 0],
  ['tls-version-difference', safari(16), safari18, null, -2],
  ['tls-version-difference', firefox(153), chrome156, null, missing],
  ['tls-version-difference', chrome(156), chromeOfTomorrow, null, missing],
  ['tls-tool', chrome(156), python, null, 2],
  ['tls-tool', chrome(156), goLike, null, 1],
  ['tls-tool', chrome(156), chrome156, null, 0],
  ['tls-tool', chrome(156), strange, null, 0],
  ['tls-tool', chrome(156), null, null, missing],
  ['tls-cipher-suites', 'any', python, null, 43],
  ['tls-cipher-suites', 'any', 'rubbish', null, missing],
  ['tls-extensions', 'any', chrome156, null, 16],
  ['tls-extensions', 'any', python, null, 11],
  ['alpn-mismatch', chrome(156), chrome156, null, 0],
  ['alpn-mismatch', chrome(156), python, null, 1],
  ['alpn-mismatch', 'any', python, null, missing],
  ['http2-known-browser', 'any', chrome156, chromeHttp2, 1],
  ['http2-known-browser', 'any', chrome156, goHttp2, 0],
  ['http2-known-browser', 'any', chrome156, null, missing],
  ['http2-family-mismatch', chrome(156), chrome156, chromeHttp2, 0],
  ['http2-family-mismatch', chrome(156), chrome156, goHttp2, 1],
  ['http2-family-mismatch', chrome(156), chrome156, firefoxHttp2, 2],
  ['http2-family-mismatch', safari(26), safari18, '9:9|1|0|m,s,p,a', missing],
  ['http2-family-mismatch', safari(17), safari18, '9:9|1|0|m,s,p,a', 1],
  ['http2-version-difference', chrome(156), chrome156, chromeHttp2, 0],
  ['http2-version-difference', chrome(100), chrome156, chromeHttp2, -18],
  ['http2-version-difference', chrome(156), chrome156, firefoxHttp2, missing],
  ['handshake-contradiction', 'any', chrome156, chromeHttp2, 0],
  ['handshake-contradiction', 'any', chrome156, goHttp2, 1],
  ['handshake-contradiction', 'any', python, chromeHttp2, 1],
  ['handshake-contradiction', 'any', safari18, '9:9|1|0|m,s,p,a', missing],
  ['handshake-contradiction', 'any', chrome156, null, missing],
];

for (const [extractor, userAgent, ja4, http2, value] of rows) {
  test(`${extractor} of ${userAgent} with ${ja4} and ${http2} is ${value}`, () => {
    const handshake = ja4 === null ? null : { ja4, http2 };
    assert.equal(extract(extractor, headOf(userAgent, handshake)), Math.fround(value));
  });
}

test('a WebSocket is opened with HTTP/1.1 alone, and that is no mismatch', () => {
  const handshake = { ja4: chrome156Socket, http2: null };
  assert.equal(extract('alpn-mismatch', headOf(chrome(156), handshake, ['Upgrade', 'websocket'])), 0);
  assert.equal(extract('alpn-mismatch', headOf(chrome(156), handshake)), 1);
});

const orders: [names: string, userAgent: string, version: '1.1' | '2', value: number][] = [
  [
    'user-agent accept sec-fetch-site sec-fetch-mode sec-fetch-dest accept-encoding accept-language',
    chrome(156),
    '2',
    1,
  ],
  [
    'user-agent accept sec-fetch-site sec-fetch-mode sec-fetch-dest accept-encoding accept-language',
    firefox(153),
    '2',
    0,
  ],
  ['user-agent accept accept-encoding accept-language', chrome(156), '2', 0],
  [
    'Host Connection User-Agent Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Accept-Encoding Accept-Language',
    chrome(156),
    '1.1',
    1,
  ],
  [
    'host Connection User-Agent Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Accept-Encoding Accept-Language',
    chrome(156),
    '1.1',
    0,
  ],
  ['Host Upgrade User-Agent', chrome(156), '1.1', missing],
  ['Host User-Agent Accept', safari(18), '1.1', missing],
  ['Host User-Agent Accept', 'curl/8', '1.1', missing],
];
for (const [names, userAgent, version, value] of orders) {
  test(`header-order-known of ${names} over HTTP/${version}, claimed by ${userAgent}, is ${value}`, () => {
    const values: Record<string, string> = { 'user-agent': userAgent, 'sec-fetch-dest': 'document', host: 'a.example' };
    const rawHeaders = names.split(' ').flatMap((name) => [name, values[name.toLowerCase()] ?? 'text/html']);
    const head = requestHead({ ...request, version, rawHeaders, handshake: null });
    assert.equal(extract('header-order-known', head), value);
  });
}

test('every one of them has a row', () => {
  const covered = new Set([...rows.map(([extractor]) => extractor), 'header-order-known']);
  assert.deepEqual(
    handshakeExtractors.filter(({ name }) => !covered.has(name)),
    [],
  );
});

const request = { method: 'GET', target: '/', version: '2', scheme: 'https', clientAddress: '192.0.2.1' } as const;

function headOf(userAgent: string, handshake: Handshake | null, more: readonly string[] = []): RequestHead {
  return requestHead({ ...request, rawHeaders: ['user-agent', userAgent, ...more], handshake });
}
