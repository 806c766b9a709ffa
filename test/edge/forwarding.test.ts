import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { ask, exchangeBytes, parseAnswer, site, startEdge, startOrigin, startRawOrigin, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** An origin that tells in JSON what it was sent. */
function echo() {
  return startOrigin(undo, (request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      const { method, url, rawHeaders } = request;
      response.end(JSON.stringify({ method, url, rawHeaders, body }));
    });
  });
}

interface Echoed {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly body: string;
}

function valuesOf(echoed: Echoed, name: string): string[] {
  return echoed.rawHeaders.filter(
    (_, index) => index % 2 === 1 && echoed.rawHeaders[index - 1]!.toLowerCase() === name,
  );
}

async function edgeBefore(origin: string, options: object = {}) {
  return startEdge(undo, { set: { versions: { sites: 3 }, sites: { schema: 1, sites: [site(origin)] } }, ...options });
}

test('a request reaches the origin with its method, target, headers and body, and the answer comes back', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url);
  const answer = await ask(port, '/a%20b?c=d&e', ['X-Own: one', 'x-own: two', 'Content-Length: 5'], 'POST', 'hello');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.via, '1.1 holdfast');
  const echoed = JSON.parse(answer.body) as Echoed;
  assert.deepEqual([echoed.method, echoed.url, echoed.body], ['POST', '/a%20b?c=d&e', 'hello']);
  assert.deepEqual(valuesOf(echoed, 'x-own'), ['one', 'two']);
  assert.deepEqual(valuesOf(echoed, 'host'), ['shop.example']);
  assert.deepEqual(valuesOf(echoed, 'via'), ['1.1 holdfast']);
});

test('what concerns one connection does not pass, nor what Connection names', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url);
  const headers = ['Keep-Alive: timeout=9', 'TE: trailers', 'Upgrade: h2c', 'X-Hop: 1', 'Proxy-Authorization: b'];
  const bytes = await exchangeBytes(
    port,
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, Upgrade, close\r\n${headers.join('\r\n')}\r\nX-Stays: 1\r\n\r\n`,
  );
  const echoed = JSON.parse(parseAnswer(bytes).body) as Echoed;
  for (const name of ['keep-alive', 'te', 'upgrade', 'x-hop', 'proxy-authorization']) {
    assert.deepEqual(valuesOf(echoed, name), [], name);
  }
  assert.deepEqual(valuesOf(echoed, 'x-stays'), ['1']);
  assert.deepEqual(valuesOf(echoed, 'connection'), []);
});

test('the origin cannot speak for the connection either, nor in the words of the edge', async () => {
  const origin = await startRawOrigin(undo, (socket) => {
    socket.on('data', () =>
      socket.write(
        'HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\n' +
          'Holdfast-Error: no-sites\r\nX-Stays: 1\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
  });
  const { port } = await edgeBefore(origin);
  const { headers, body } = await ask(port, '/');
  assert.deepEqual(
    [headers['x-hop'], headers['proxy-authenticate'], headers['holdfast-error']],
    [undefined, undefined, undefined],
  );
  assert.equal(headers['x-stays'], '1');
  assert.equal(body, 'ok');
});

test('a stranger cannot say where it comes from: its X-Forwarded fields are replaced', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url);
  const spoofed = ['X-Forwarded-For: 6.6.6.6', 'x_forwarded_for: 6.6.6.6', 'X-Forwarded-Proto: https'];
  const others = ['X-Forwarded-Host: evil', 'X-Forwarded-Port: 1', 'Forwarded: for=6.6.6.6', 'X-Real-IP: 6.6.6.6'];
  const echoed = JSON.parse((await ask(port, '/', [...spoofed, ...others])).body) as Echoed;
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-for'), ['127.0.0.1']);
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-proto'), ['http']);
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-host'), ['shop.example']);
  for (const name of ['x_forwarded_for', 'x-forwarded-port', 'forwarded', 'x-real-ip']) {
    assert.deepEqual(valuesOf(echoed, name), [], name);
  }
  assert.ok(!JSON.stringify(echoed).includes('6.6.6.6'));
});

test('a trusted proxy is believed: the visitor is the right-most address that is not trusted itself', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url, { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
  const told = ['X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3', 'X-Forwarded-Proto: https'];
  const echoed = JSON.parse((await ask(port, '/', [...told, 'X-Forwarded-Host: www.example'])).body) as Echoed;
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-for'), ['6.6.6.6, 203.0.113.9, 10.1.2.3, 127.0.0.1']);
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-proto'), ['https']);
  assert.deepEqual(valuesOf(echoed, 'x-forwarded-host'), ['www.example']);
  const trace = (await ask(port, '/.holdfast/trace', told)).body;
  assert.match(trace, /^client=203\.0\.113\.9$/m);
});

test('a client’s own score never passes, however it is spelt and however often', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url, { trustedProxies: ['127.0.0.0/8'] });
  const spoofed = ['Holdfast-Bot-Score: 99', 'HOLDFAST-BOT-SCORE: 98', 'holdfast_bot_score: 97'];
  const { body } = await ask(port, '/', spoofed);
  assert.ok(!/holdfast.bot.score/i.test(body), body);
});

test('HEAD, 204 and 304 have no body, whatever their headers say', async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    response.statusCode = Number(request.url!.slice(1));
    if (request.url === '/200') response.setHeader('Content-Length', '12');
    if (request.url === '/304') response.setHeader('ETag', '"x"');
    response.end();
  });
  const { port } = await edgeBefore(url);
  const head = await ask(port, '/200', [], 'HEAD');
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '12', '']);
  const empty = await ask(port, '/204');
  assert.deepEqual([empty.status, empty.headers['transfer-encoding'], empty.body], [204, undefined, '']);
  const same = await ask(port, '/304');
  assert.deepEqual([same.status, same.headers.etag, same.body], [304, '"x"', '']);
});

test('Expect: 100-continue is the origin’s to answer; a refusal spares the body', async () => {
  const { url, server } = await startOrigin(undo, (request, response) => {
    request.resume();
    request.on('end', () => response.end('took it'));
  });
  server.on('checkContinue', (request, response) => {
    if (request.url === '/no') {
      response.writeHead(413, { Connection: 'close' }).end('too much');
    } else {
      response.writeContinue();
      server.emit('request', request, response);
    }
  });
  const { port } = await edgeBefore(url);
  const head = (target: string) =>
    `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`;
  const refused = await exchangeBytes(port, head('/no'));
  assert.match(refused, /^HTTP\/1\.1 413 /);
  assert.match(refused, /connection: close/i);

  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.write(head('/yes'));
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('body');
      if (received.endsWith('took it')) resolve();
    });
  });
  socket.destroy();
  assert.match(received, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
});

test('an origin that knows no 100-continue still gets its body', async () => {
  const { url } = await startRawOriginWaitingForBody();
  const { port } = await edgeBefore(url, {
    times: { answerMs: 5_000, bodyIdleMs: 5_000, continueMs: 50, tunnelIdleMs: 200 },
  });
  const answer = await exchangeBytes(
    port,
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody',
  );
  assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
});

async function startRawOriginWaitingForBody() {
  const url = await startRawOrigin(undo, (socket) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received.endsWith('\r\n\r\nbody')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  return { url };
}

test('trailers are dropped both ways and the body around them is whole', async () => {
  let trailers: object | undefined;
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    request.on('end', () => {
      trailers = request.trailers;
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('abc');
      response.addTrailers({ 'X-Sum': '1' });
      response.end();
    });
  });
  const { port } = await edgeBefore(url);
  const answer = await exchangeBytes(
    port,
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-In\r\n\r\n' +
      '3\r\nabc\r\n0\r\nX-In: 1\r\n\r\n',
  );
  assert.match(answer, /\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
  assert.ok(!/x-sum/i.test(answer), answer);
  assert.deepEqual({ ...trailers }, {});
});

test('a target in absolute form reaches the origin as a path, with its host as Host', async () => {
  const { url } = await echo();
  const { port } = await edgeBefore(url);
  const bytes = await exchangeBytes(
    port,
    'GET http://other.example/x?y HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n',
  );
  const echoed = JSON.parse(parseAnswer(bytes).body) as Echoed;
  assert.deepEqual([echoed.url, valuesOf(echoed, 'host')], ['/x?y', ['other.example']]);
});

test('connections are kept on both sides, and pipelined requests are answered in order', async () => {
  const ports = new Set<number | undefined>();
  const { url } = await startOrigin(undo, (request, response) => {
    ports.add(request.socket.remotePort);
    setTimeout(() => response.end(request.url), request.url === '/1' ? 40 : 0);
  });
  const { port } = await edgeBefore(url);
  const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const answers = await exchangeBytes(port, request('/1') + request('/2') + request('/3'), { until: /\/3$/ });
  assert.deepEqual(answers.match(/\/\d(?=HTTP|$)/g), ['/1', '/2', '/3']);
  const before = ports.size;
  await ask(port, '/4');
  await ask(port, '/5');
  assert.equal(ports.size, before, 'the origin saw no further connection');
});

test('HTTP/1.0 is answered in its own terms', async () => {
  const { url } = await startOrigin(undo, (_request, response) => {
    response.write('a');
    response.end('b');
  });
  const { port } = await edgeBefore(url);
  const answer = await exchangeBytes(port, 'GET / HTTP/1.0\r\n\r\n');
  assert.match(answer, /\r\n\r\nab$/);
  assert.ok(!/transfer-encoding/i.test(answer), answer);
});

test('the visitor’s half-closed connection still gets its answer', async () => {
  const { url } = await startOrigin(undo, (_request, response) => {
    setTimeout(() => response.end('late'), 50);
  });
  const { port } = await edgeBefore(url);
  const answer = await exchangeBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { end: true });
  assert.match(answer, /late$/);
});

test('sites are found by host, the catch-all takes the rest, and without one the rest is misdirected', async () => {
  const shop = await startOrigin(undo, (_request, response) => response.end('shop'));
  const rest = await startOrigin(undo, (_request, response) => response.end('rest'));
  const shopSite = site(shop.url, [], ['shop.example', 'www.shop.example']);
  const { port, activate, worker } = await startEdge(undo, {
    set: { versions: { sites: 1 }, sites: { schema: 1, sites: [shopSite, site(rest.url)] } },
  });
  const get = (host: string) => exchangeBytes(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  assert.match(await get('WWW.Shop.Example:8080'), /shop$/);
  assert.match(await get('shop.example.'), /shop$/);
  assert.match(await get('elsewhere'), /rest$/);
  activate({ versions: { sites: 2 }, sites: { schema: 1, sites: [shopSite] } });
  const lost = await get('elsewhere');
  assert.match(lost, /^HTTP\/1\.1 421 /);
  assert.match(lost, /holdfast-error: host-unknown/i);
  assert.equal(worker.health().rejected['host-unknown'], 1);
});
