import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import { extract } from '../testing/features.ts';
import {
  chromePlainRequests,
  chromeRequests,
  chromeUserAgent,
  firefoxRequests,
  headOf,
  type Origin,
} from '../testing/heads.ts';
import { handshakeExtractors } from './handshake.ts';
import { listExtractors } from './lists.ts';
import { extractors } from './registry.ts';
import { signalExtractors } from './signals.ts';

/*
 * One table: an extractor, a request, the number. Requests are a browser's with one thing changed, so that each row
 * shows what that thing does.
 */
type Row = [
  extractor: string,
  text: string,
  value: number,
  more?: Origin & { parameters?: FeatureDefinition['parameters'] },
];

const page = chromeRequests.navigation!;
const plainPage = chromePlainRequests.navigation!;
const firefoxPage = firefoxRequests.navigation!;
const firefoxUserAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safariUserAgent =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';
const edgeUserAgent = `${chromeUserAgent} Edg/156.0.0.0`;
const missing = Number.NaN;
const https: Origin = { scheme: 'https' };

const hintLines = page.match(/^sec-ch-ua.*\n/gm)!.join('');
const redirected = page
  .replace(hintLines, '')
  .replace('Sec-Fetch-Dest: document\n', `Sec-Fetch-Dest: document\n${hintLines}`);

function agent(userAgent: string, text = page): string {
  return text.replace(chromeUserAgent, userAgent);
}

function without(header: string, text = page): string {
  return text.replace(new RegExp(`^${header}:.*\\n?`, 'gim'), '');
}

function changed(header: string, value: string, text = page): string {
  return text.replace(new RegExp(`^(${header}):.*$`, 'im'), `$1: ${value}`);
}

function at(target: string, text = page): string {
  return text.replace(/^(\S+) \S+/, `$1 ${target}`);
}

const bare = 'GET / HTTP/1.1\nHost: a';

const rows: Row[] = [
  // headers
  ['header-present', page, 1, { parameters: { header: 'ACCEPT' } }],
  ['header-present', page, 0, { parameters: { header: 'cookie' } }],
  ['header-present', page, 0, { parameters: { header: '__proto__' } }],
  ['any-header-present', page, 2, { parameters: { headers: ['Accept', 'x', 'Host'] } }],
  ['header-length', page, 2, { parameters: { header: 'Sec-Fetch-User' } }],
  ['header-length', page, missing, { parameters: { header: 'x' } }],
  ['header-equals', page, 1, { parameters: { header: 'Sec-Fetch-User', value: '?1' } }],
  ['header-equals', page, 0, { parameters: { header: 'Sec-Fetch-User', value: '?0' } }],
  ['header-equals', page, missing, { parameters: { header: 'x', value: 'y' } }],
  ['header-position', page, 0, { parameters: { header: 'host' } }],
  ['header-position', page, 6, { parameters: { header: 'user-agent' } }],
  ['header-position', page, missing, { parameters: { header: 'x' } }],
  ['header-count', bare, 1],
  ['header-bytes', bare, 9],
  ['unusual-header-count', page, 0],
  ['unusual-header-count', `${page}\nX-Foo: 1\nVia: x`, 2],
  ['lower-case-header-share', 'GET / HTTP/1.1\nHost: a\nb: c', 0.5],
  ['lower-case-header-share', 'GET / HTTP/2\nhost: a', missing],
  ['lower-case-header-share', 'GET / HTTP/1.1', missing],
  ['foreign-case-header-count', 'GET / HTTP/1.1\nhost: a\nuser-Agent: b\nx-own: c', 2],
  ['foreign-case-header-count', firefoxPage, 0],
  ['foreign-case-header-count', 'GET / HTTP/2\nhost: a', missing],
  ['header-order-inversions', page, 0],
  ['header-order-inversions', `${without('Host')}\nHost: a`, 1],
  ['header-order-inversions', `${without('Connection', without('Host'))}\nConnection: keep-alive\nHost: a`, 2],
  ['header-order-inversions', agent(safariUserAgent), missing],
  ['header-order-inversions', firefoxPage, 0],
  ['header-order-inversions', agent(firefoxUserAgent), 6],
  // Behind a redirect Chromium puts its client hints right behind the destination.
  ['header-order-inversions', redirected, 0],
  [
    'header-order-inversions',
    redirected
      .replace('Sec-Fetch-Site: none\n', '')
      .replace('Accept-Encoding', 'Sec-Fetch-Site: none\nAccept-Encoding'),
    1,
  ],
  // A script's own Accept stands among the headers that it set.
  [
    'header-order-inversions',
    without('Accept', chromeRequests.fetch).replace(
      'sec-ch-ua-platform',
      'Accept: application/json\nsec-ch-ua-platform',
    ),
    0,
  ],
  // client hints
  ['client-hint-count', page, 3],
  ['client-hints-missing', page, 0],
  ['client-hints-missing', plainPage, missing],
  ['client-hints-missing', plainPage, 1, https],
  ['client-hints-missing', agent(chromeUserAgent.replace('156', '88'), plainPage), missing, https],
  ['client-hints-missing', firefoxPage, missing, https],
  ['client-hints-foreign', page, 0],
  ['client-hints-foreign', agent(firefoxUserAgent), 1],
  ['client-hints-foreign', agent('curl/8'), 1],
  ['client-hint-version-difference', page, 0],
  ['client-hint-version-difference', agent(chromeUserAgent.replace('156', '150')), 6],
  ['client-hint-version-difference', plainPage, missing],
  ['client-hint-version-difference', changed('sec-ch-ua', '"Brave";v="1"'), missing],
  ['client-hint-platform-mismatch', page, 0],
  ['client-hint-platform-mismatch', changed('sec-ch-ua-platform', '"Windows"'), 1],
  ['client-hint-platform-mismatch', changed('sec-ch-ua-platform', '"Android"'), 0],
  ['client-hint-platform-mismatch', plainPage, missing],
  ['client-hint-mobile-mismatch', page, 0],
  ['client-hint-mobile-mismatch', changed('sec-ch-ua-mobile', '?1'), 1],
  ['client-hint-mobile-mismatch', changed('sec-ch-ua-mobile', 'no'), 1],
  ['client-hint-brand-mismatch', page, 0],
  ['client-hint-brand-mismatch', changed('sec-ch-ua', '"HeadlessChrome";v="156", "Chromium";v="156"'), 2],
  ['client-hint-brand-mismatch', changed('sec-ch-ua', '"Not";v="1"'), 1],
  ['client-hint-brand-mismatch', changed('sec-ch-ua', '"Chromium";v="1", "Microsoft Edge";v="1"'), 1],
  [
    'client-hint-brand-mismatch',
    agent(edgeUserAgent, changed('sec-ch-ua', '"Chromium";v="1", "Microsoft Edge";v="1"')),
    0,
  ],
  ['client-hint-brand-mismatch', plainPage, missing],
  // fetch metadata
  ['fetch-metadata-count', page, 4],
  ['fetch-metadata-missing', page, 0],
  ['fetch-metadata-missing', plainPage, missing],
  ['fetch-metadata-missing', plainPage, 1, https],
  ['fetch-metadata-missing', agent(firefoxUserAgent, plainPage), 1, https],
  ['fetch-metadata-missing', agent(safariUserAgent, plainPage), 1, https],
  ['fetch-metadata-missing', agent(safariUserAgent.replace('18.0', '15.3'), plainPage), missing, https],
  ['fetch-metadata-missing', agent('curl/8', plainPage), missing, https],
  ['fetch-metadata-contradictions', page, 0],
  ['fetch-metadata-contradictions', plainPage, missing],
  ['fetch-metadata-contradictions', without('Sec-Fetch-Site'), 1],
  ['fetch-metadata-contradictions', changed('Sec-Fetch-Site', 'elsewhere'), 1],
  ['fetch-metadata-contradictions', changed('Sec-Fetch-Dest', 'image'), 1],
  ['fetch-metadata-contradictions', changed('Sec-Fetch-Mode', 'cors', without('Sec-Fetch-User')), 2],
  ['fetch-metadata-contradictions', changed('Sec-Fetch-User', '?0'), 1],
  ['fetch-metadata-contradictions', `${page}\nReferer: http://127.0.0.1:8080/`, 1],
  [
    'fetch-metadata-contradictions',
    changed('Sec-Fetch-Site', 'same-origin', `${page}\nReferer: http://other.example/`),
    1,
  ],
  ['fetch-metadata-contradictions', chromeRequests.image!.replace('GET', 'POST'), 1],
  ['destination', page, 0],
  ['destination', chromePlainRequests.image!, 2],
  ['destination', chromePlainRequests.style!, 3],
  ['destination', chromePlainRequests.script!, 4],
  ['destination', chromePlainRequests.fetch!, 6],
  ['destination', bare, 8],
  ['destination-path-mismatch', at('/a.css'), 0],
  ['destination-path-mismatch', at('/a.html', chromeRequests.image), 1],
  ['destination-path-mismatch', at('/a.png', chromeRequests.script), 1],
  ['subresource-without-referer', page, missing],
  ['subresource-without-referer', chromeRequests.image!, 0],
  ['subresource-without-referer', without('Referer', chromeRequests.image), 1],
  // accept
  ['accept-mismatch', page, 0],
  ['accept-mismatch', changed('Accept', '*/*'), 2],
  ['accept-mismatch', changed('Accept', 'text/html'), 1],
  ['accept-mismatch', without('Accept'), 3],
  ['accept-mismatch', agent(firefoxUserAgent), 2],
  ['accept-mismatch', agent('curl/8'), missing],
  [
    'accept-mismatch',
    changed('Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/apng,*/*;q=0.8'),
    1,
  ],
  [
    'accept-mismatch',
    `${changed('Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/apng,*/*;q=0.8')}\nSec-GPC: 1`,
    0,
  ],
  ['accept-mismatch', changed('Accept', '*/*', chromeRequests.image), 2],
  ['accept-mismatch', changed('Accept', '*/*', chromeRequests.style), 2],
  ['accept-mismatch', changed('Accept', 'application/json, text/plain, */*', chromeRequests.fetch), 0],
  ['accept-mismatch', changed('Accept', 'nonsense', chromeRequests.fetch), 2],
  ['accept-types', changed('Accept', 'a/b,c/d'), 2],
  ['accept-language-mismatch', page, 0],
  ['accept-language-mismatch', changed('Accept-Language', 'de'), 0],
  ['accept-language-mismatch', changed('Accept-Language', 'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7'), 0],
  ['accept-language-mismatch', changed('Accept-Language', 'en-US,en;q=0.5'), 1],
  ['accept-language-mismatch', changed('Accept-Language', 'en-US,en;q=0.7'), 1],
  ['accept-language-mismatch', changed('Accept-Language', 'en-US, en;q=0.9'), 2],
  ['accept-language-mismatch', changed('Accept-Language', '*'), 2],
  ['accept-language-mismatch', changed('Accept-Language', 'en;q=0.8,de'), 2],
  ['accept-language-mismatch', without('Accept-Language'), 3],
  ['accept-language-mismatch', firefoxPage, 0],
  ['accept-language-mismatch', changed('Accept-Language', 'de,en-US;q=0.7,en;q=0.3', firefoxPage), 0],
  ['accept-language-mismatch', bare, missing],
  ['accept-language-count', page, 2],
  ['accept-language-count', bare, missing],
  ['accept-encoding-mismatch', page, 0],
  ['accept-encoding-mismatch', plainPage, 0],
  ['accept-encoding-mismatch', plainPage, 1, https],
  ['accept-encoding-mismatch', changed('Accept-Encoding', 'gzip, deflate, br'), 1],
  ['accept-encoding-mismatch', changed('Accept-Encoding', 'gzip,deflate'), 1],
  ['accept-encoding-mismatch', changed('Accept-Encoding', 'identity'), 2],
  ['accept-encoding-mismatch', changed('Accept-Encoding', '*'), 2],
  ['accept-encoding-mismatch', without('Accept-Encoding'), 3],
  ['accept-encoding-mismatch', `${changed('Accept-Encoding', 'identity')}\nRange: bytes=0-`, missing],
  ['accept-encoding-count', page, 4],
  // user agent
  ['user-agent-length', agent('curl/8'), 6],
  ['user-agent-length', bare, 0],
  ['user-agent-tokens', agent('a b c'), 3],
  ['user-agent-family', page, 1],
  ['user-agent-family', agent(edgeUserAgent), 2],
  ['user-agent-family', agent(firefoxUserAgent), 4],
  ['user-agent-family', agent(safariUserAgent), 5],
  ['user-agent-family', agent('curl/8'), 8],
  ['user-agent-family', bare, 0],
  ['user-agent-platform', page, 3],
  ['user-agent-platform', agent(safariUserAgent), 2],
  ['user-agent-major', page, 156],
  ['user-agent-major', agent('curl/8'), missing],
  ['user-agent-is-mobile', agent(chromeUserAgent.replace('Chrome/156.0.0.0', '$& Mobile')), 1],
  ['user-agent-is-mobile', page, 0],
  ['user-agent-is-library', agent('python-requests/2.31'), 1],
  ['user-agent-is-library', page, 0],
  ['user-agent-automation-words', page, 0],
  ['user-agent-automation-words', agent('ExampleBot/1 (+https://bot.example)'), 3],
  ['user-agent-oddities', page, 0],
  ['user-agent-oddities', agent(chromeUserAgent.replace('156.0.0.0', '156.0.7000.1')), 1],
  ['user-agent-oddities', agent(chromeUserAgent.replace('X11; Linux x86_64', 'Windows NT 6.1')), 1],
  ['user-agent-oddities', agent(chromeUserAgent.replace('Gecko)', 'Gecko')), 2],
  ['user-agent-oddities', agent(firefoxUserAgent), 0],
  ['user-agent-oddities', agent(firefoxUserAgent.replace('rv:140', 'rv:130')), 1],
  ['user-agent-oddities', agent(firefoxUserAgent.replace('rv:140', 'rv:109').replace('/140', '/115')), 0],
  ['user-agent-oddities', agent(safariUserAgent), 0],
  // path
  ['path-length', at('/abc?x=1'), 4],
  ['path-depth', at('/'), 0],
  ['path-depth', at('/a//b/'), 2],
  ['path-entropy', at('/'), 0],
  ['path-entropy', at('/a/a'), 1],
  ['path-escape-share', at('/%41'), 0.75],
  ['path-extension', at('/a'), 0],
  ['path-extension', at('/a.b/c'), 0],
  ['path-extension', at('/a.PHP'), 2],
  ['path-extension', at('/a.css?x=.html'), 4],
  ['path-extension', at('/a.zzz'), 10],
  ['path-probe', at('/shop/item'), 0],
  ['path-probe', at('/.ENV'), 1],
  ['path-probe', at('/a?f=/../../etc/passwd'), 1],
  ['path-probe', at('/x.y'), 1, { parameters: { fragments: ['X.Y'] } }],
  ['path-probe', at('/xzy'), 0, { parameters: { fragments: ['X.Y'] } }],
  ['query-length', at('/a?x=1'), 3],
  ['query-parameters', at('/a?x=1&y'), 2],
  ['query-parameters', at('/a'), 0],
  ['query-parameter-present', at('/a?x=1&y'), 1, { parameters: { parameter: 'y' } }],
  ['query-parameter-present', at('/a?xy=1'), 0, { parameters: { parameter: 'x' } }],
  ['path-starts-with', at('/api/v1'), 1, { parameters: { prefix: '/api/' } }],
  ['path-starts-with', at('/apis'), 0, { parameters: { prefix: '/api/' } }],
  // request
  ['method', page, 0],
  ['method', page.replace('GET', 'PROPFIND'), 7],
  ['http-version', page, Math.fround(1.1)],
  ['http-version', page.replace('HTTP/1.1', 'HTTP/2'), 2],
  ['host-is-address', page, 1],
  ['host-is-address', plainPage, 0],
  ['host-is-address', 'GET / HTTP/1.1', missing],
  ['connection-mismatch', page, 0],
  ['connection-mismatch', without('Connection'), 1],
  ['connection-mismatch', changed('Connection', 'close'), 1],
  ['connection-mismatch', changed('Connection', 'Upgrade'), 0],
  ['connection-mismatch', page.replace('HTTP/1.1', 'HTTP/2'), missing],
  ['connection-mismatch', bare, missing],
  ['upgrade-insecure-mismatch', page, 0],
  ['upgrade-insecure-mismatch', without('Upgrade-Insecure-Requests'), 1],
  ['upgrade-insecure-mismatch', chromeRequests.image!, 0],
  ['upgrade-insecure-mismatch', `${chromeRequests.image}\nUpgrade-Insecure-Requests: 1`, 1],
  ['upgrade-insecure-mismatch', agent(safariUserAgent), missing],
  ['te-priority-mismatch', page, 0],
  ['te-priority-mismatch', `${page}\nTE: trailers\nPriority: u=0, i`, 2],
  ['te-priority-mismatch', `${firefoxPage}\nTE: trailers`, 0],
  ['te-priority-mismatch', bare, missing],
  ['body-header-mismatch', page, 0],
  ['body-header-mismatch', `${page}\nContent-Type: a/b`, 1],
  ['body-header-mismatch', chromeRequests.formPost!, 0],
  ['body-header-mismatch', without('Content-Type', chromeRequests.formPost), 1],
  ['body-header-mismatch', without('Content-Length', chromeRequests.formPost), 1],
  ['origin-mismatch', chromeRequests.formPost!, 0],
  ['origin-mismatch', without('Origin', chromeRequests.formPost), 1],
  ['origin-mismatch', `${page}\nOrigin: http://a`, 1],
  ['origin-mismatch', chromeRequests.fetch!, missing],
  ['referer-sense', page, missing],
  ['referer-sense', `${page}\nReferer: https://search.example/`, 0],
  ['referer-sense', `${page}\nReferer: http://127.0.0.1:8080.evil.example/`, 0],
  ['referer-sense', `${page}\nReferer: http://127.0.0.1:8080/list`, 1],
  ['referer-sense', `${page}\nReferer: http://127.0.0.1:8080/`, 2],
  ['referer-sense', `${page}\nReferer: nonsense`, 3],
  ['cookie-count', `${page}\nCookie: a=1; b=2`, 2],
  ['cookie-count', page, missing],
  // window, at a client's first request
  ['window-requests-10s', page, 1],
  ['window-requests-60s', page, 1],
  ['window-documents-60s', page, 1],
  ['window-distinct-paths', page, 1],
  ['window-distinct-path-share', page, 1],
  ['window-asset-share', chromeRequests.image!, 1],
  ['window-distinct-user-agents', page, 1],
  ['window-error-share', page, missing],
  ['window-interval-variation', page, missing],
  ['window-cookie-share', page, missing],
  ['window-known-referer-share', chromeRequests.image!, 0],
  ['window-age', page, 0],
  ['window-requests-1h', page, 1],
  ['window-client-requests-60s', page, 1],
  ['window-client-requests-1h', page, 1],
  ['window-client-age', page, 0],
  ['window-distinct-paths-known', page, 1],
  ['window-assets-per-view', page, 0],
  ['window-assets-per-view', chromeRequests.image!, missing],
  ['window-error-share-known', page, missing],
  ['window-cookie-kept-share', page, missing],
  ['window-views-without-referer-share', page, missing],
  ['window-sequential-share', page, missing],
  ['window-walk-share', page, missing],
  ['window-burst-variation', page, missing],
  ['window-burst-pause', page, missing],
  ['window-burst-size', page, 1],
  ['window-head-share', page.replace('GET', 'HEAD'), 1],
  ['window-post-share', chromeRequests.formPost!, 1],
  ['window-options-share', page, 0],
  ['window-attribute-changes', page, 0],
  ['window-distinct-handshakes', page, missing],
  ['window-distinct-languages', page, 1],
  ['window-typed-share', page, 0],
  ['window-script-without-hints', page, 0, https],
  ['window-script-without-hints', chromeRequests.script!, 0],
  ['window-script-without-hints', chromeRequests.script!.replace(/^sec-ch-ua:.*\n/m, ''), 1],
  ['window-script-without-hints', firefoxPage, missing],
  ['window-robots-read', page, 0],
  ['window-robots-read', page.replace('GET /', 'GET /robots.txt'), 1],
];

for (const [index, [extractor, text, value, more = {}]] of rows.entries()) {
  test(`${extractor} ${JSON.stringify(more.parameters ?? {})} is ${value} (row ${index})`, () => {
    assert.equal(extract(extractor, headOf(text, more), more.parameters), value);
  });
}

test('the age of a browser is told against the newest that the feature file names', () => {
  const parameters = { newestChromium: 156, newestFirefox: 158, newestSafari: 27 };
  const age = (userAgent: string) => extract('user-agent-age', headOf(agent(userAgent)), parameters);
  assert.equal(age(chromeUserAgent), 0);
  assert.equal(age(chromeUserAgent.replace('156', '100')), 56);
  assert.equal(age(chromeUserAgent.replace('156', '160')), -4);
  assert.equal(age(firefoxUserAgent), 18);
  assert.equal(age(safariUserAgent), 26);
  assert.ok(Number.isNaN(age('curl/8')));
});

test('every extractor has a row', () => {
  // Those have a test of their own.
  const elsewhere = [...handshakeExtractors, ...listExtractors, ...signalExtractors].map(({ name }) => name);
  const covered = new Set([...rows.map(([extractor]) => extractor), 'user-agent-age', ...elsewhere]);
  assert.deepEqual(
    [...extractors.keys()].filter((name) => !covered.has(name)),
    [],
  );
});
