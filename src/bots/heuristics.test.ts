import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { requestHead } from '../http/index.ts';
import { noClaim } from '../verified/index.ts';
import { heuristics, hitHeuristics } from './heuristics.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { chromeRequests, chromeUserAgent, headOf, toolRequests } from './testing/heads.ts';

function hits(text: string): readonly string[] {
  return hitHeuristics(new RequestFacts(headOf(text)));
}

/** A request whose headers are a browser's, so that the user agent alone decides. */
function withUserAgent(userAgent: string): string {
  return chromeRequests.navigation!.replace(/^sec-.*\n/gim, '').replace(chromeUserAgent, userAgent);
}

test('ids are unique and words of the log', () => {
  const ids = heuristics.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
});

test('tools as they come are hit by what they call themselves', () => {
  for (const text of Object.values(toolRequests(null))) assert.ok(hits(text).includes('tool-user-agent'), text);
  const tools = [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
    'Mozilla/5.00 (Nikto/2.1.5) (Evasions:None) (Test:Port Check)',
    'sqlmap/1.7.2#stable (https://sqlmap.org)',
    'python-requests/2.32.0',
    'Go-http-client/1.1',
    'Java/17.0.1',
    'Scrapy/2.11 (+https://scrapy.org)',
  ];
  for (const userAgent of tools) assert.ok(hits(withUserAgent(userAgent)).includes('tool-user-agent'), userAgent);
});

test('crawlers are hit, telephones of CUBOT are not', () => {
  const crawler = 'Mozilla/5.0 (compatible; ExampleBot/2.1; +http://www.example.com/bot.html)';
  assert.ok(hits(withUserAgent(crawler)).includes('crawler-user-agent'));
  const telephone =
    'Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';
  assert.deepEqual(hits(withUserAgent(telephone)), []);
  assert.deepEqual(hits(withUserAgent(telephone.replace('CUBOT_X18_Plus', 'CUBOT'))), []);
});

test('a site’s own apps and oddly named telephones are left to the model', () => {
  const webView = 'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0';
  const browsers = [
    `${webView} Chrome/156.0.0.0 Mobile Safari/537.36 ann.miller@example.com`,
    `${webView} Chrome/156.0.0.0 Mobile Safari/537.36 ShopApp/4.1 (ann@example.com)`,
    'Mozilla/5.0 (Linux; Android 13; DreamBot Build/TP1A.220905) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 13; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ChatBot/2.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 kiosk@example.com',
  ];
  for (const userAgent of browsers) assert.deepEqual(hits(withUserAgent(userAgent)), [], userAgent);
  const apps = [
    'okhttp/4.12.0',
    'Dart/3.5 (dart:io)',
    'ShopApp/812 CFNetwork/1568.100.1 Darwin/24.0.0',
    'ChatBot/3.2 CFNetwork/1568.100.1 Darwin/24.0.0',
    'HEY/1.9 CFNetwork/1568.100.1 Darwin/24.0.0',
    'ChatBot/3.2 (iPhone; iOS 18.0; Scale/3.00)',
    'HEY iOS 1.9',
    'ShopApp/4.1 (com.example.shop; build:81; Android 14) okhttp/4.12.0',
    'Dalvik/2.1.0 (Linux; U; Android 13; DreamBot Build/TP1A.220905)',
    'Apache-HttpClient/UNAVAILABLE (java 1.4)',
    'WinHTTP/1.0',
  ];
  for (const userAgent of apps) {
    const text = `GET /api/items HTTP/1.1\nHost: a\nUser-Agent: ${userAgent}\nAccept-Encoding: gzip\nConnection: Keep-Alive`;
    assert.deepEqual(hits(text), [], userAgent);
  }
});

test('crawlers dressed as telephones are hit by the form in which they present themselves', () => {
  const telephone = 'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko)';
  const crawlers = [
    `${telephone} Chrome/156.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    `${telephone} Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@example.com)`,
    'ExampleBot/1.0',
    'TelegramBot (like TwitterBot)',
    'example-crawler',
  ];
  for (const userAgent of crawlers) assert.deepEqual(hits(withUserAgent(userAgent)), ['crawler-user-agent'], userAgent);
});

test('each structural heuristic hits what it is for', () => {
  const page = chromeRequests.navigation!;
  const cases: [string, string][] = [
    ['no-user-agent', 'GET / HTTP/1.1\nHost: a'],
    ['browser-without-headers', `GET / HTTP/1.1\nHost: a\nUser-Agent: ${chromeUserAgent}`],
    ['chromium-as-tool', toolRequests(chromeUserAgent).curl!],
    ['any-language', toolRequests(chromeUserAgent).fetch!],
    ['foreign-fetch-metadata', toolRequests(chromeUserAgent).fetch!],
    ['headless-brand', page.replace('"Chromium";v="156"', '"Chromium";v="156", "HeadlessChrome";v="156"')],
    ['hints-against-user-agent', page.replace('"Chromium";v="156"', '"Chromium";v="120"')],
  ];
  for (const [id, text] of cases) assert.ok(hits(text).includes(id), `${id}: ${hits(text).join()}`);
  const covered = [...cases.map(([id]) => id), 'tool-user-agent', 'crawler-user-agent', 'impostor-crawler'];
  assert.deepEqual(
    heuristics.map(({ id }) => id).filter((id) => !covered.includes(id)),
    [],
  );
});

test('behind a trusted proxy, what it added or changed hides no tool, and hits nobody', () => {
  const relayed = (rawHeaders: readonly string[]) => {
    const parts = { method: 'GET', target: '/', version: '1.1', scheme: 'https', clientAddress: '192.0.2.1' } as const;
    return hitHeuristics(new RequestFacts(requestHead({ ...parts, rawHeaders, isRelayed: true })));
  };
  const added = [
    'Accept-Encoding',
    'gzip',
    'X-Forwarded-For',
    '192.0.2.1',
    'X-Forwarded-Proto',
    'https',
    'X-Request-Id',
    '1',
  ];
  const tool = ['Host', 'a', 'User-Agent', chromeUserAgent];
  assert.deepEqual(relayed([...tool, 'Accept', '*/*', ...added]), ['chromium-as-tool']);
  assert.deepEqual(relayed([...tool, ...added]), ['browser-without-headers', 'chromium-as-tool']);
  const { rawHeaders } = headOf(chromeRequests.navigation!);
  assert.deepEqual(relayed([...rawHeaders, ...added]), []);
});

test('an impostor is hit, and nobody else whose claim is not proven', () => {
  const facts = new RequestFacts(headOf(chromeRequests.navigation!));
  const identity = { ...noClaim, operator: 'googlebot', reason: 'lookup-failed' } as const;
  assert.deepEqual(hitHeuristics(facts, identity), []);
  assert.deepEqual(hitHeuristics(facts, { ...identity, verified: undefined, reason: 'pending' }), []);
  assert.deepEqual(hitHeuristics(facts, { ...identity, reason: 'other-name', isImpostor: true }), ['impostor-crawler']);
});

test('a person who has another user agent made up is left to the model', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  assert.deepEqual(hits(chromeRequests.navigation!.replace(chromeUserAgent, firefox)), []);
});

const folder = fileURLToPath(new URL('../../../shared/data/user-agents/', import.meta.url));
const skip =
  existsSync(folder) || process.env.CI === 'true' ? false : `the shared data folder ${folder} is not on this machine`;

test('no browser of the labelled list is hit, and crawlers that name themselves are', { skip }, () => {
  const browsers = labelled('browsers.yml');
  assert.ok(browsers.length > 500);
  assert.deepEqual(
    browsers.filter((userAgent) => hits(withUserAgent(userAgent)).some((id) => id.endsWith('user-agent'))),
    [],
  );
  const crawlers = labelled('crawlers.yml');
  const caught = crawlers.filter((userAgent) => hits(withUserAgent(userAgent)).length > 0);
  // The rest, among them apps and readers, is the model's; this figure holds what was reached.
  assert.ok(caught.length / crawlers.length > 0.4, `${caught.length} of ${crawlers.length}`);
});

function labelled(file: string): string[] {
  const lists = Object.values(parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, string[]>).flat();
  // A head cannot carry control characters.
  return lists
    .map((userAgent) => userAgent.trim())
    .filter((userAgent) => userAgent !== '' && !/[\x00-\x1f]/.test(userAgent));
}
