import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RequestHead, requestHead } from '../../http/index.ts';
import { seededRandom } from '../../kernel/random.ts';
import { headOf } from '../testing/heads.ts';
import type { ClientWindow } from './clientWindow.ts';
import { ClientWindows } from './clientWindows.ts';
import { ObservationBatch } from './observation.ts';

function request(path: string, headers = 'Accept: text/html', clientAddress = '192.0.2.1'): RequestHead {
  return headOf(`GET ${path} HTTP/1.1\nHost: shop.example\n${headers}`, { clientAddress });
}

test('the first request of a client: one of everything, and nothing it could not have done yet', () => {
  const window = new ClientWindows().observe(request('/'), 5_000);
  const expected: Omit<ClientWindow, 'figures'> = {
    requests10s: 1,
    requests60s: 1,
    requests1h: 1,
    clientRequests60s: 1,
    clientRequests1h: 1,
    documents60s: 1,
    distinctPaths60s: 1,
    distinctPathShare60s: 1,
    distinctPaths: 1,
    assetShare60s: 0,
    assetsPerView: 0,
    errorShare60s: Number.NaN,
    errorShare: Number.NaN,
    cookieShare60s: Number.NaN,
    cookieKeptShare: Number.NaN,
    knownRefererShare: Number.NaN,
    viewsWithoutRefererShare: Number.NaN,
    sequentialShare: Number.NaN,
    walkShare: Number.NaN,
    intervalVariation: Number.NaN,
    burstVariation: Number.NaN,
    burstPauseS: Number.NaN,
    burstSize: 1,
    headShare: 0,
    postShare: 0,
    optionsShare: 0,
    attributeChanges: 0,
    typedShare: 0,
    scriptWithoutHints: 0,
    distinctUserAgents: 1,
    distinctHandshakes: 0,
    distinctLanguages: 0,
    hasReadRobots: false,
    ageS: 0,
    clientAgeS: 0,
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual([name, window[name as keyof typeof expected]], [name, value]);
  }
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
      // Each comes from the page before.
      const agent = `Agent ${index}`;
      const referer = page === 1 ? '' : `\nReferer: http://shop.example/${client}/${page - 1}`;
      const head = request(`/${client}/${page}`, `Accept: text/html\nUser-Agent: ${agent}${referer}`, client);
      const window = windows.observe(head, page * 1_000);
      windows.recordAnswer(head, { status: index === 0 ? 404 : 200 }, page * 1_000);
      assert.equal(window.requests60s, page);
      assert.equal(window.documents60s, page);
      assert.equal(window.distinctUserAgents, 1);
      assert.ok(Math.abs(window.distinctPaths60s - page) <= 2, `${window.distinctPaths60s} of ${page} paths`);
      if (page === 1) continue;
      assert.equal(window.knownRefererShare, 1);
      assert.equal(window.errorShare60s, index === 0 ? 1 : 0);
      if (page > 4) assert.ok(window.intervalVariation < 1e-6);
    }
  }
});

const page = (path: string, agent: string, more = '') =>
  request(path, `Accept: text/html\nUser-Agent: ${agent}${more}`);

test('several people behind one address are several clients; what the address does is counted for all of them', () => {
  const windows = new ClientWindows();
  for (let index = 1; index <= 10; index += 1) windows.observe(page(`/a/${index}`, 'One'), index * 1_000);
  const other = windows.observe(page('/b', 'Two'), 11_000);
  assert.deepEqual(
    [other.requests60s, other.requests1h, other.clientRequests60s, other.clientRequests1h, other.distinctPaths60s],
    [11, 11, 1, 1, 1],
  );
  assert.deepEqual([other.distinctUserAgents, other.ageS, other.clientAgeS], [2, 10, 0]);
  assert.equal(windows.observe(page('/a/11', 'One'), 12_000).clientRequests60s, 11);
});

test('of one address twelve clients are told apart; of all others only the address is known', () => {
  const windows = new ClientWindows();
  for (let agent = 0; agent < 40; agent += 1) {
    const window = windows.observe(page('/', `Agent ${agent}`), agent);
    assert.equal(window.requests60s, agent + 1);
    assert.deepEqual([window.clientRequests60s, window.typedShare], agent < 12 ? [1, 0] : [Number.NaN, Number.NaN]);
  }
  assert.equal(windows.size, 13);
});

test('an hour of requests is counted; who was away for an hour is new', () => {
  const windows = new ClientWindows();
  for (let minute = 0; minute < 90; minute += 1) {
    const window = windows.observe(page('/', 'One'), minute * 60_000);
    assert.equal(window.requests1h, Math.min(minute + 1, 55 + (minute % 5) + 1));
    assert.equal(window.clientRequests1h, window.requests1h);
    assert.equal(window.clientAgeS, minute * 60);
  }
  const back = windows.observe(page('/', 'Two'), 90 * 60_000);
  assert.equal(back.distinctUserAgents, 2);
  const later = windows.observe(page('/', 'Two'), 151 * 60_000);
  assert.deepEqual([later.distinctUserAgents, later.ageS, later.requests1h], [1, 0, 1]);
});

test('numbers counted up, and a walk over folders, are seen in the order of paths', () => {
  const steps = (paths: readonly string[]) => {
    const windows = new ClientWindows();
    return paths.map((path, index) => windows.observe(page(path, 'One'), index * 1_000)).at(-1)!;
  };
  assert.equal(steps(['/item/7', '/item/8', '/item/9', '/item/10']).sequentialShare, 1);
  assert.equal(steps(['/list?page=3&sort=up', '/list?page=2&sort=up']).sequentialShare, 1);
  assert.equal(steps(['/item/7.html', '/item/70.html', '/item/71.html']).sequentialShare, 0.5);
  assert.ok(Number.isNaN(steps(['/item/7', '/other/8', '/about']).sequentialShare));
  assert.equal(steps(['/a', '/a/b', '/a/b/c', '/a/b/d', '/a/b/e/']).walkShare, 1);
  assert.equal(steps(['/a/b', '/c/d', '/e/f', '/e/g']).walkShare, 1 / 3);
  assert.equal(steps(['/a/b', '/a/b', '/a/b']).walkShare, 0, 'loading a page again is no step');
});

test('bursts: how many requests in one, how far apart, how regular, whatever the order within', () => {
  const windows = new ClientWindows();
  let window = windows.observe(page('/', 'One'), 10_000);
  for (let burst = 1; burst <= 5; burst += 1) {
    for (const afterMs of [0, 40, 20, 60]) {
      window = windows.observe(
        request('/a.png', 'Accept: image/png\nUser-Agent: One'),
        10_000 + burst * 3_000 + afterMs,
      );
    }
  }
  assert.ok(window.burstVariation < 0.001, String(window.burstVariation));
  assert.ok(Math.abs(window.burstPauseS - 3) < 0.01);
  assert.equal(window.burstSize, 21 / 6);
  assert.equal(window.assetsPerView, 20);
});

test('a cookie that the site set is kept, or is not', () => {
  for (const [cookie, expected] of [
    ['\nCookie: s=1', 1],
    ['', 0],
  ] as const) {
    const windows = new ClientWindows();
    windows.observe(page('/', 'One', cookie), 0);
    windows.recordAnswer(page('/', 'One'), { status: 200 }, 10);
    assert.ok(Number.isNaN(windows.observe(page('/', 'One', cookie), 20).cookieKeptShare));
    windows.recordAnswer(page('/', 'One'), { status: 200, setsCookie: true }, 30);
    assert.equal(windows.observe(page('/', 'One', cookie), 40).cookieKeptShare, expected);
  }
});

test('methods, robots.txt, referers and what a client says of itself', () => {
  const windows = new ClientWindows();
  const head = (line: string, more: string) =>
    headOf(`${line} HTTP/1.1\nHost: shop.example\nAccept: text/html\nUser-Agent: One\n${more}`, {
      clientAddress: '192.0.2.1',
    });
  windows.observe(head('GET /robots.txt', 'Accept-Language: de'), 0);
  windows.observe(head('HEAD /a', 'Accept-Language: de\nsec-ch-ua-platform: "Linux"'), 1);
  windows.observe(head('POST /b', 'Accept-Language: fr\nReferer: http://shop.example/a'), 2);
  const window = windows.observe(head('OPTIONS /c', 'Accept-Language: de\nsec-ch-ua-platform: "Windows"'), 3);
  assert.equal(window.hasReadRobots, true);
  assert.deepEqual([window.headShare, window.postShare, window.optionsShare], [0.25, 0.25, 0.25]);
  assert.equal(window.viewsWithoutRefererShare, 2 / 3);
  assert.equal(window.attributeChanges, 3);
  assert.equal(window.distinctLanguages, 2);
});

const chromiumAgent = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36';

test('pages opened by their address, as fetch metadata says; without it nothing is said', () => {
  const after = (...sites: readonly (string | undefined)[]) => {
    const windows = new ClientWindows();
    return sites
      .map((site, index) =>
        windows.observe(page(`/${index}`, 'One', site === undefined ? '' : `\nSec-Fetch-Site: ${site}`), index),
      )
      .at(-1)!.typedShare;
  };
  assert.equal(after('none'), 0, 'everybody’s first page is opened by something');
  assert.equal(after('none', 'none'), 1 / 3);
  assert.equal(after('none', 'none', 'same-origin', 'none'), 2 / 5);
  assert.equal(after(undefined, undefined, undefined), 0);
});

test('a script asked for by Chromium without client hints; in a crowd it may be anybody’s', () => {
  const seen = (windows: ClientWindows, agent: string, more = '') =>
    windows.observe(request('/a.js', `${agent}\nSec-Fetch-Dest: script${more}`), 0).scriptWithoutHints;
  assert.equal(seen(new ClientWindows(), chromiumAgent), 1);
  assert.equal(seen(new ClientWindows(), chromiumAgent, '\nsec-ch-ua: "Chromium";v="150"'), 0);
  assert.equal(seen(new ClientWindows(), chromiumAgent.replace('150', '88')), 0, 'version 88 sends none');
  assert.equal(seen(new ClientWindows(), 'User-Agent: Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0'), 0);
  const windows = new ClientWindows();
  for (let agent = 0; agent < 20; agent += 1) seen(windows, `User-Agent: One ${agent}`);
  assert.ok(Number.isNaN(seen(windows, chromiumAgent)));
  assert.ok(Number.isNaN(windows.observe(page('/', 'Two'), 1).attributeChanges));
});

test('one user agent from two TLS stacks is two clients; a resumed session is the same one', () => {
  const windows = new ClientWindows();
  const seen = (ja4: string) =>
    windows.observe(requestHead({ ...page('/', 'One'), handshake: { ja4, http2: null } }), 0);
  assert.equal(seen('t13d1516h2_8daaf6152771_e5627efa2ab1').distinctHandshakes, 1);
  assert.equal(seen('t13d1517h1_8daaf6152771_aaaaaaaaaaaa').clientRequests60s, 2);
  const other = seen('t13d1011h1_61a7ad8aa9b6_3a8073edd8ef');
  assert.deepEqual([other.clientRequests60s, other.distinctHandshakes, other.distinctUserAgents], [1, 2, 1]);
});

test('what another worker saw counts for its own time, though it comes late', () => {
  const inOrder = new ClientWindows();
  const late = new ClientWindows();
  const elsewhere = new ClientWindows({ isShared: true });
  const random = seededRandom(8);
  let nowMs = 1_000;
  for (let index = 0; index < 600; index += 1) {
    nowMs += random.next() < 0.05 ? random.next() * 20_000 : random.next() * 900;
    const seen = page(`/item/${index}`, 'One');
    inOrder.observe(seen, nowMs);
    elsewhere.observe(seen, nowMs);
    // Own requests in between, and the other worker's 30 ms behind them.
    const own = page(`/own/${index}`, 'One');
    const together = inOrder.observe(own, nowMs + 30);
    late.observe(own, nowMs + 30);
    const bytes = elsewhere.takeObservations()!;
    assert.equal(late.countAll(new ObservationBatch(1, bytes.buffer as ArrayBuffer), 1, nowMs + 30), 1);
    nowMs += 40;
    const now = late.observe(own, nowMs);
    const expected = inOrder.observe(own, nowMs);
    for (const name of ['requests10s', 'requests60s', 'requests1h', 'clientRequests60s', 'documents60s'] as const) {
      assert.equal(now[name], expected[name], name);
    }
    assert.ok(together.requests60s <= expected.requests60s);
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
  const from = 'Accept: text/html\nReferer: http://shop.example';
  windows.observe(request('/list?page=2'), 0);
  assert.equal(windows.observe(request('/item', `${from}/list?page=2`), 1).knownRefererShare, 1);
  assert.equal(windows.observe(request('/other', `${from}/never`), 2).knownRefererShare, 0.5);
  assert.equal(windows.observe(request('/else', 'Referer: https://search.example/list'), 3).knownRefererShare, 0.5);

  const other = new ClientWindows();
  other.observe(request('/'), 0);
  assert.equal(other.observe(request('/item', from), 1).knownRefererShare, 1, 'the origin alone means its front page');
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
  windows.recordAnswer(request('/'), { status: 500 }, 0);
  windows.observe(request('/'), 0);
  windows.recordAnswer(request('/'), { status: 404 }, 1);
  windows.recordAnswer(request('/'), { status: 200 }, 2);
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

test('an answer counts alike by the client’s seat and without it, whoever sat there since', () => {
  const [bySeat, byHead] = [new ClientWindows({ clientsMax: 6 }), new ClientWindows({ clientsMax: 6 })];
  const random = seededRandom(23);
  const open: { head: RequestHead; seat: number }[] = [];
  let nowMs = 0;
  for (let index = 0; index < 4_000; index += 1) {
    nowMs += random.next() * 2_000;
    const head = request(`/${index % 7}`, 'Accept: text/html', `192.0.2.${Math.floor(random.next() ** 2 * 12)}`);
    const figures = bySeat.observe(head, nowMs).figures;
    assert.deepEqual(figures, byHead.observe(head, nowMs).figures);
    open.push({ head, seat: bySeat.seat });
    while (open.length > random.next() * 8) {
      const [answered] = open.splice(Math.floor(random.next() * open.length), 1);
      const answer = { status: random.next() < 0.4 ? 404 : 200, setsCookie: random.next() < 0.3 };
      bySeat.recordAnswer(answered!.head, answer, nowMs, answered!.seat);
      byHead.recordAnswer(answered!.head, answer, nowMs);
    }
  }
  for (const kind of ['clients', 'addresses'] as const) {
    assert.deepEqual(bySeat.pack(kind, 0, 6, nowMs), byHead.pack(kind, 0, 6, nowMs));
  }
});
