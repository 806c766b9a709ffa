import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { HealthCheck, Site } from '../../contract/kinds/sitesFile.ts';
import { seededRandom } from '../../kernel/random.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import { DnsCache } from './dns/dnsCache.ts';
import { systemDns } from './dns/dnsResolver.ts';
import { HealthProber } from './healthProber.ts';
import { OriginGroup } from './originGroup.ts';
import { OriginTlsContexts } from './originTlsContexts.ts';
import { selfSigned } from './testing/certificates.ts';
import { siteOf } from './testing/groupFixture.ts';
import { upstreamLimits } from './upstreamLimits.ts';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

/** An origin that answers as it is told, and a prober that asks it; its clock is the test's, its sockets are real. */
async function world(
  t: TestContext,
  answer: RequestListener,
  health: Partial<HealthCheck> = {},
  more: Partial<Site> = {},
) {
  const server = createServer(answer);
  const port = await listen(server);
  const clock = new MadeUpClock();
  const settings = siteOf([], {
    origins: [{ url: `http://127.0.0.1:${port}` }],
    upstream: { health: { path: '/healthz', timeoutMs: 200, unhealthyAfter: 1, healthyAfter: 1, ...health } },
    ...more,
  });
  const group = new OriginGroup(settings, clock, seededRandom(1));
  const dns = new DnsCache(systemDns(), clock, seededRandom(1));
  const tls = new OriginTlsContexts(clock);
  const prober = new HealthProber({ clock, random: seededRandom(2), groups: () => [group], lookup: dns.lookup, tls });
  prober.tick();
  t.after(() => {
    prober.stop();
    server.closeAllConnections();
    server.close();
  });
  return {
    clock,
    group,
    prober,
    server,
    /** Lets one interval pass and waits for the probes of it. */
    async interval() {
      clock.nowMs += 6_000;
      prober.tick();
      // Sockets take real time, and the made-up one goes along: an origin that says nothing is given up at its time.
      while (prober.isAsking) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        clock.pass(2);
      }
    },
    get isHealthy() {
      return group.states()[0]!.isHealthy;
    },
  };
}

test('it asks for the path, by the origin’s name, and 200 to 399 are healthy', async (t) => {
  const seen: string[] = [];
  let status = 200;
  const one = await world(t, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
    response.writeHead(status).end('fine');
  });
  const { port } = one.server.address() as { port: number };
  for (const [next, isHealthy] of [
    [200, true],
    [500, false],
    [399, true],
    [404, false],
    [204, true],
  ] as const) {
    status = next;
    await one.interval();
    assert.equal(one.isHealthy, isHealthy, `${next}`);
  }
  assert.equal(seen.length, 5);
  assert.equal(seen[0], `GET /healthz 127.0.0.1:${port} holdfast-health`);
});

test('another Host may be asked for', async (t) => {
  let seen = '';
  const one = await world(
    t,
    (request, response) => {
      seen = request.headers.host ?? '';
      response.end();
    },
    { host: 'shop.example' },
  );
  await one.interval();
  assert.equal(seen, 'shop.example');
});

test('silence, half an answer, garbage and a closed port are unhealthy; a huge answer is healthy and not read to its end', async (t) => {
  let answer: RequestListener = () => {};
  const one = await world(t, (request, response) => answer(request, response));
  const answers: readonly [RequestListener, boolean][] = [
    [() => {}, false],
    [(_request, response) => response.end(), true],
    [(_request, response) => response.writeHead(200, { 'content-length': '10' }).write('half'), false],
    [(_request, response) => response.end(), true],
    [(_request, response) => response.socket!.end('NOT HTTP\r\n\r\n'), false],
    [(_request, response) => response.end(Buffer.alloc(4 << 20)), true],
    [(_request, response) => response.socket!.destroy(), false],
    [(_request, response) => response.end(), true],
  ];
  for (const [index, [next, isHealthy]] of answers.entries()) {
    answer = next;
    await one.interval();
    assert.equal(one.isHealthy, isHealthy, `answer ${index}`);
  }
  one.server.close();
  one.server.closeAllConnections();
  await one.interval();
  assert.equal(one.isHealthy, false);
});

test('one probe of an origin at a time, at its interval, a tenth more or less', async (t) => {
  let asked = 0;
  const one = await world(
    t,
    (_request, response) => {
      asked += 1;
      response.end();
    },
    { intervalMs: 1_000 },
  );
  for (let step = 0; step < 1_000; step++) {
    one.clock.nowMs += 100;
    one.prober.tick();
    while (one.prober.isAsking) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(asked >= 88 && asked <= 112, `${asked} in 100 s`);

  const silent = await world(t, () => {}, { intervalMs: 1_000, timeoutMs: 60_000 });
  let connections = 0;
  silent.server.on('connection', () => connections++);
  for (let step = 0; step < 100; step++) {
    silent.clock.nowMs += 100;
    silent.prober.tick();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(connections, 1);
});

test('however many origins: a bounded number of probes at a time, and stopping gives no verdict', async (t) => {
  let connections = 0;
  const server = createServer(() => {});
  server.on('connection', () => connections++);
  const port = await listen(server);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origins = Array.from({ length: 32 }, (_, index) => ({ url: `http://127.0.0.${index + 1}:${port}` }));
  const clock = new MadeUpClock();
  const health = { path: '/', unhealthyAfter: 1, timeoutMs: 60_000 };
  const groups = Array.from({ length: 8 }, (_, index) => {
    const site = siteOf([], { name: `s${index}`, origins, upstream: { health } });
    return new OriginGroup(site, clock, seededRandom(1));
  });
  const dns = new DnsCache(systemDns(), clock, seededRandom(1));
  const tls = new OriginTlsContexts(clock);
  const prober = new HealthProber({ clock, random: seededRandom(2), groups: () => groups, lookup: dns.lookup, tls });
  prober.tick();
  clock.nowMs += 6_000;
  prober.tick();
  t.after(() => prober.stop());
  assert.equal(prober.asking, upstreamLimits.probesMax);
  prober.stop();
  while (prober.isAsking) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.ok(groups.every((group) => group.states().every(({ isHealthy }) => isHealthy)));
  assert.ok(connections <= upstreamLimits.probesMax);
});

test('over TLS it verifies as requests do', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-probe-'));
  const { certificate, key } = selfSigned(folder, 'origin', 'DNS:app.internal');
  const server = createTlsServer({ cert: certificate, key }, (_request, response) => response.end());
  const port = await listen(server as unknown as Server);
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const origins = [{ url: `https://127.0.0.1:${port}` }];
  const health = { path: '/', unhealthyAfter: 1, healthyAfter: 1 };
  const isHealthyWith = async (tls: object) => {
    const one = await world(t, () => {}, {}, { origins, upstream: { health, tls } });
    await one.interval();
    return one.isHealthy;
  };
  assert.equal(await isHealthyWith({ ca: certificate, serverName: 'app.internal' }), true);
  assert.equal(await isHealthyWith({ serverName: 'app.internal' }), false);
  assert.equal(await isHealthyWith({ ca: certificate }), false);
  assert.equal(await isHealthyWith({ ca: certificate, certificate, keyPath: join(folder, 'no.key') }), false);
});
