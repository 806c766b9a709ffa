import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type ClientsSite, hostName, startClientsSite } from './clientsSite.ts';
import { exchangeBytes, parseAnswer, Undo } from './harness.ts';

/* Programs that people use, through an edge: curl, nghttp and the `ws` package. Browsers: test/browsers/throughEdge.test.ts. */
const undo = new Undo();
let site: ClientsSite;
before(async () => {
  site = await startClientsSite(undo);
});
after(() => undo.run());

interface Said {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000, maxBuffer: 8 << 20, encoding: 'latin1' }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? String(error.signal)), stdout, stderr }),
    );
  });
}

const listeners = [
  { name: 'plain', scheme: 'http', at: 'plain', flags: ['--http1.1'], version: '1.1' },
  { name: 'HTTP/1.1 over TLS', scheme: 'https', at: 'tls', flags: ['--http1.1'], version: '1.1' },
  { name: 'HTTP/2 asked for, HTTP/1.1 offered', scheme: 'https', at: 'tls', flags: ['--http2'], version: '1.1' },
  { name: 'HTTP/2 over TLS', scheme: 'https', at: 'h2', flags: ['--http2'], version: '2' },
  { name: 'HTTP/1.1 where HTTP/2 is offered', scheme: 'https', at: 'h2', flags: ['--http1.1'], version: '1.1' },
  // curl asks to upgrade to h2c; nobody has to agree, and the answer comes in HTTP/1.1 (RFC 9113 section 3.1 took it away).
  { name: 'an upgrade to h2c asked for', scheme: 'http', at: 'plain', flags: ['--http2'], version: '1.1' },
] as const;

for (const { name, scheme, at, flags, version } of listeners) {
  const curl = (...args: string[]) => {
    const where = ['--resolve', `${hostName}:${site.ports[at]}:127.0.0.1`, '--cacert', site.authority];
    const written = ['-s', '-w', '%{stderr}%{http_version} %{http_code} %{num_connects}\n'];
    const urls = args.map((arg) =>
      arg.startsWith('/') && !arg.startsWith(site.folder) ? `${scheme}://${hostName}:${site.ports[at]}${arg}` : arg,
    );
    return run('curl', [...written, ...flags, ...where, ...urls]);
  };

  test(`curl, ${name}: three on one connection, POST, HEAD, redirect, a large answer`, async () => {
    const three = await curl('/a?1', '/shortly', '/b');
    assert.deepEqual(
      [three.code, three.stdout, three.stderr],
      [0, 'GET /a?1one two threeGET /b', `${version} 200 1\n${version} 200 0\n${version} 200 0\n`],
    );
    const posted = await curl('-d', 'thing=box', '/order');
    assert.deepEqual([posted.code, posted.stdout], [0, '<p>POST thing=box</p>'], posted.stderr);
    const head = await curl('-I', '/large');
    assert.match(head.stdout, new RegExp(`^HTTP/${version} 200`));
    assert.match(head.stdout, /^content-length: 1048576\r$/im);
    const redirected = await curl('-L', '/old');
    assert.equal(redirected.stdout, 'GET /new?from=old');
    const large = await curl('/large');
    assert.equal(large.stdout, 'large '.repeat((1 << 20) / 6 + 1).slice(0, 1 << 20));
    const upload = join(site.folder, 'upload');
    writeFileSync(upload, Buffer.alloc(2 << 20, 'up and '));
    const uploaded = await curl('-H', 'Expect: 100-continue', '--data-binary', `@${upload}`, '/order');
    assert.equal(uploaded.stdout.length, '<p>POST </p>'.length + (2 << 20), uploaded.stderr);
    const chunked = await curl('-T', upload, '-H', 'Transfer-Encoding: chunked', '/order');
    assert.equal(chunked.stdout, `<p>PUT ${readFileSync(upload, 'latin1')}</p>`);
  });
}

test('curl, HTTP/2 in the clear without asking: refused in HTTP/1.1, with a status, and the connection ends', async () => {
  const { code, stdout, stderr } = await run('curl', [
    ...['-sS', '--http2-prior-knowledge', `http://127.0.0.1:${site.ports.plain}/`],
  ]);
  // It reads frames alone, and calls an answer that is none an empty one.
  assert.deepEqual([code, stdout], [52, ''], stderr);
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
  const answer = parseAnswer(await exchangeBytes(site.ports.plain, preface));
  // It reads like a request with a method that nobody implements (RFC 9113 section 3.4 chose it for that).
  assert.equal(answer.status, 501);
  assert.equal(answer.headers.connection, 'close');
  assert.notEqual(answer.body, '');
});

test('nghttp: several on one connection, POST, HEAD, a window that a large answer fills many times', async () => {
  const version = await run('nghttp', ['--version']);
  assert.notEqual(version.code, 'ENOENT', 'nghttp is of nghttp2-client');
  const base = `https://127.0.0.1:${site.ports.h2}`;
  const several = await run('nghttp', [
    '--no-dep',
    '-v',
    ...['/a', '/shortly', '/b', '/old'].map((path) => base + path),
  ]);
  assert.equal(several.code, 0, several.stderr);
  assert.match(several.stdout, /The negotiated protocol: h2/);
  for (const said of ['GET /a', 'one two three', 'GET /b']) assert.ok(several.stdout.includes(said), several.stdout);
  assert.deepEqual(several.stdout.match(/:status: \d+/g)?.sort(), [
    ':status: 200',
    ':status: 200',
    ':status: 200',
    ':status: 302',
  ]);
  assert.equal(several.stdout.match(/recv \(stream_id=\d+\) :status/g)?.length, 4);

  const body = join(site.folder, 'body');
  writeFileSync(body, Buffer.alloc(300_000, 'posted '));
  const posted = await run('nghttp', ['-d', body, `${base}/order`]);
  assert.ok(posted.stdout.includes(`<p>POST ${readFileSync(body, 'latin1')}</p>`), posted.stderr);

  const head = await run('nghttp', ['-v', '-H', ':method: HEAD', `${base}/large`]);
  assert.match(head.stdout, /:status: 200/);
  assert.match(head.stdout, /content-length: 1048576/);
  assert.doesNotMatch(head.stdout, /recv DATA frame <length=[1-9]/);

  // Windows of 16 KB for streams and connection: flow control is at work all the time.
  const large = await run('nghttp', ['-w', '14', '-W', '14', `${base}/large`, `${base}/large?again`]);
  assert.equal(large.stdout.length, 2 << 20);
});

for (const scheme of ['ws', 'wss'] as const) {
  const open = (perMessageDeflate: boolean) => {
    const port = scheme === 'ws' ? site.ports.plain : site.ports.h2;
    const options = { perMessageDeflate, maxPayload: 8 << 20, rejectUnauthorized: false, servername: hostName };
    return new WebSocket(`${scheme}://127.0.0.1:${port}/socket`, options);
  };
  /** The next `count` messages, as text or as length and last byte. */
  const messages = (socket: WebSocket, count: number) =>
    new Promise<Buffer[]>((resolve, reject) => {
      const heard: Buffer[] = [];
      const listen = (message: Buffer, isBinary: boolean) => {
        heard.push(Buffer.concat([Buffer.from(isBinary ? 'b' : 't'), message]));
        if (heard.length < count) return;
        socket.off('message', listen);
        resolve(heard);
      };
      socket.on('message', listen);
      socket.once('error', reject);
    });

  test(`${scheme}: text, binary, fragments, ping, a large message, close codes`, async () => {
    const socket = open(false);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    assert.equal(socket.extensions, '');
    const large = Buffer.alloc(3 << 20, 'positions matter, ');
    const heard = messages(socket, 4);
    socket.send('words: ü');
    socket.send(Buffer.from([0, 255, 1]));
    for (const [part, fin] of [
      ['one ', false],
      ['two ', false],
      ['three', true],
    ] as const)
      socket.send(part, { fin });
    socket.send(large);
    assert.deepEqual(
      (await heard).map((message) => (message.length > 100 ? message.length : message.toString('latin1'))),
      ['twords: Ã¼', 'b\x00\xff\x01', 'tone two three', large.length + 1],
    );
    assert.ok((await heard)[3]!.subarray(1).equals(large));
    const pong = new Promise<Buffer>((resolve) => socket.once('pong', resolve));
    socket.ping('are you there');
    assert.equal((await pong).toString(), 'are you there');
    const closed = new Promise<string>((resolve) =>
      socket.once('close', (code: number, reason: Buffer) => resolve(`${code} ${reason}`)),
    );
    socket.send('close 4123');
    assert.equal(await closed, '4123 as you wish');
  });

  test(`${scheme}: the origin hears a close code of the client, and compression is agreed on end to end`, async () => {
    const heardByOrigin = new Promise<string>((resolve) =>
      site.sockets.once('connection', (socket) =>
        socket.once('close', (code: number, reason: Buffer) => resolve(`${code} ${reason}`)),
      ),
    );
    const socket = open(true);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    assert.match(socket.extensions, /^permessage-deflate/);
    const heard = messages(socket, 2);
    const text = 'much of the same, '.repeat(50_000);
    socket.send(text);
    socket.send(Buffer.alloc(500_000, 7));
    const [first, second] = await heard;
    assert.equal(first?.toString(), `t${text}`);
    assert.ok(second?.subarray(1).equals(Buffer.alloc(500_000, 7)));
    socket.close(4200, 'done here');
    assert.equal(await heardByOrigin, '4200 done here');
  });
}
