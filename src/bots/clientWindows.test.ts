import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RequestHead, requestHead } from '../http/index.ts';
import { seededRandom } from '../kernel/random.ts';
import { ClientWindows } from './clientWindows.ts';
import { headOf } from './testing/heads.ts';

function request(path: string, headers = 'Accept: text/html', clientAddress = '192.0.2.1'): RequestHead {
  return headOf(`GET ${path} HTTP/1.1\nHost: shop.example\n${headers}`, { clientAddress });
}

test('the first request of a client: one of everything, and nothing it could not have done yet', () => {
  const window = new ClientWindows().observe(request('/'), 5_000);
  assert.deepEqual(window, {
    requests10s: 1,
    requests60s: 1,
    documents60s: 1,
    distinctPaths60s: 1,
    assetShare60s: 0,
    errorShare60s: Number.NaN,
    cookieShare60s: Number.NaN,
    knownRefererShare: Number.NaN,
    distinctUserAgents: 1,
    intervalVariation: Number.NaN,
    ageS: 0,
  });
});

test('requests leave the windows as time passes, exactly as many as a list of times says', () => {
  const windows = new ClientWindows();
  const random = seededRandom(3);
  const times: number[] = [];
  let nowMs = 0;
  for (let index = 0; index < 3_000; index += 1) {
    nowMs += random.next() < 0.02 ? random.next() * 90_000 : random.next() * 800;
    times.push(nowMs);
    const bucket = Math.floor(nowMs / 5_000);
    const since = (buckets: number) => times.filter((time) => Math.floor(time / 5_000) > bucket - buckets).length;
    const window = windows.observe(request('/'), nowMs);
    assert.equal(window.requests10s, since(2));
    assert.equal(window.requests60s, since(12));
  }
});

test('what is known of a client lies beside each other, and clients lie apart', () => {
  const windows = new ClientWindows();
  const clients = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  for (let page = 1; page <= 20; page += 1) {
    for (const [index, client] of clients.entries()) {
      // The first has one user agent, the second two, the third three; each comes from the page before.
      const agent = `Agent ${page % (index + 1)}`;
      const referer = page === 1 ? '' : `\nReferer: http://shop.example/${client}/${page - 1}`;
      const head = request(`/${client}/${page}`, `Accept: text/html\nUser-Agent: ${agent}${referer}`, client);
      const window = windows.observe(head, page * 1_000);
      windows.recordStatus(client, index === 0 ? 404 : 200, page * 1_000);
      assert.equal(window.requests60s, page);
      assert.equal(window.documents60s, page);
      assert.equal(window.distinctUserAgents, Math.min(page, index + 1));
      assert.ok(Math.abs(window.distinctPaths60s - page) <= 2, `${window.distinctPaths60s} of ${page} paths`);
      if (page === 1) continue;
      assert.equal(window.knownRefererShare, 1);
      assert.equal(window.errorShare60s, index === 0 ? 1 : 0);
      if (page > 4) assert.ok(window.intervalVariation < 1e-6);
    }
  }
});

test('a snapshot stays as it was', () => {
  const windows = new ClientWindows();
  const first = windows.observe(request('/'), 0);
  windows.observe(request('/b'), 1);
  assert.equal(first.requests60s, 1);
});

test('time that goes back counts as standing still', () => {
  const windows = new ClientWindows();
  windows.observe(request('/'), 100_000);
  const window = windows.observe(request('/'), 10);
  assert.equal(window.requests60s, 2);
  assert.equal(window.ageS, 0);
  assert.equal(windows.observe(request('/'), Number.NaN).requests60s >= 0, true);
});

test('pages, assets and paths are told apart', () => {
  const windows = new ClientWindows();
  windows.observe(request('/'), 0);
  windows.observe(request('/a.css', 'Accept: text/css,*/*;q=0.1'), 1);
  windows.observe(request('/b.png', 'Accept: image/png'), 2);
  const window = windows.observe(request('/api', 'Accept: application/json'), 3);
  assert.equal(window.documents60s, 1);
  assert.equal(window.assetShare60s, 0.5);
  assert.equal(window.distinctPaths60s, 4);
});

test('distinct paths are estimated within a third up to two hundred', () => {
  const windows = new ClientWindows();
  for (let index = 1; index <= 200; index += 1) {
    const { distinctPaths60s } = windows.observe(request(`/item/${index}.html`), index);
    windows.observe(request(`/item/${index}.html`), index);
    assert.ok(Math.abs(distinctPaths60s - index) <= Math.max(2, index * 0.35), `${distinctPaths60s} for ${index}`);
  }
  assert.equal(windows.observe(request('/'), 400_000).distinctPaths60s, 1);
});

test('a returned cookie shows from the second request on', () => {
  const windows = new ClientWindows();
  windows.observe(request('/'), 0);
  assert.equal(windows.observe(request('/b', 'Cookie: s=1'), 10).cookieShare60s, 1);
  assert.equal(windows.observe(request('/c'), 20).cookieShare60s, 0.5);
});

test('a referer is known when the client asked for that page', () => {
  const windows = new ClientWindows();
  const page = 'Accept: text/html\nReferer: http://shop.example';
  windows.observe(request('/list?page=2'), 0);
  assert.equal(windows.observe(request('/item', `${page}/list?page=2`), 1).knownRefererShare, 1);
  assert.equal(windows.observe(request('/other', `${page}/never`), 2).knownRefererShare, 0.5);
  assert.equal(windows.observe(request('/else', 'Referer: https://search.example/list'), 3).knownRefererShare, 0.5);

  const other = new ClientWindows();
  other.observe(request('/'), 0);
  assert.equal(other.observe(request('/item', page), 1).knownRefererShare, 1, 'the origin alone means its front page');
});

test('a clock varies little, a person much', () => {
  const windows = new ClientWindows();
  const random = seededRandom(4);
  let clock = 0;
  let person = 0;
  for (let index = 0, nowMs = 0; index < 40; index += 1) {
    clock = windows.observe(request('/', 'Accept: */*', '192.0.2.1'), index * 1_000).intervalVariation;
    nowMs += random.next() < 0.3 ? 20_000 * random.next() : 300 * random.next();
    person = windows.observe(request('/', 'Accept: */*', '192.0.2.2'), nowMs).intervalVariation;
  }
  assert.ok(clock < 0.01, String(clock));
  assert.ok(person > 0.5, String(person));
});

test('user agents of one address are counted up to 8', () => {
  const windows = new ClientWindows();
  const counts = Array.from({ length: 12 }, (_, index) => {
    windows.observe(request('/', `User-Agent: a${index}`), index);
    return windows.observe(request('/', `User-Agent: a${index}`), index).distinctUserAgents;
  });
  assert.deepEqual(counts, [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8]);
});

test('answers are counted for the client, within the minute', () => {
  const windows = new ClientWindows();
  windows.recordStatus('192.0.2.1', 500, 0);
  windows.observe(request('/'), 0);
  windows.recordStatus('192.0.2.1', 404, 1);
  windows.recordStatus('192.0.2.1', 200, 2);
  assert.equal(windows.observe(request('/'), 3).errorShare60s, 0.5);
  assert.ok(Number.isNaN(windows.observe(request('/'), 200_000).errorShare60s));
});

test('a million clients take the memory of the bound, and whoever is busy keeps its counts', () => {
  const windows = new ClientWindows({ clientsMax: 4_096 });
  const head = request('/');
  const busy = requestHead({ ...head, clientAddress: '198.51.100.1' });
  let address = 0;
  const flood = (count: number) => {
    for (let index = 0; index < count; index += 1, address += 1) {
      const clientAddress = `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
      windows.observe(requestHead({ ...head, clientAddress }), address / 1_000);
      if (index % 100 === 0) windows.observe(busy, address / 1_000);
    }
  };
  flood(100_000);
  const before = process.memoryUsage().rss;
  flood(900_000);
  assert.ok(process.memoryUsage().rss - before < 32 << 20);
  assert.equal(windows.size, 4_096);
  assert.ok(windows.observe(busy, 1_000).requests60s > 9_900);
});
