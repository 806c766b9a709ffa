import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Steps } from '../../../src/edge/pipeline/module.ts';
import type { Step } from '../../../src/edge/pipeline/step.ts';
import { withSteps } from '../../../src/edge/pipeline/substitute.ts';
import type { EdgeWorkerPorts } from '../../../src/edge/worker/index.ts';
import type { ModuleName } from '../../../src/modules/all.ts';
import { ask, exchangeBytes, site, startEdge, startOrigin, Undo } from '../harness.ts';
import { PaperCache } from './paperCache.ts';
import { compressionSteps } from './paperCompression.ts';

/*
 * Modules that are only written as far as a test needs them, on the path of a real worker: whether the phases carry what is
 * to come. `verify` stands before, `edits` behind; both are on every path here.
 */
const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

type Put = Partial<Record<ModuleName, Steps>>;

function putting(put: Put): NonNullable<EdgeWorkerPorts['substitute']> {
  return (module) => {
    const steps = put[module.declaration.name as ModuleName];
    if (steps === undefined) return module;
    return { ...withSteps(module, (own) => own), declaration: module.declaration, compile: () => steps };
  };
}

async function edgeWith(url: string, substitute: NonNullable<EdgeWorkerPorts['substitute']>) {
  const set = { versions: { sites: 1 }, sites: { schema: 1 as const, sites: [site(url)] } };
  return startEdge(undo, { set, substitute });
}

const text = Array.from({ length: 40_000 }, (_, line) => `line ${line} of a text that is long\n`).join('');

function textOrigin() {
  let requests = 0;
  return startOrigin(undo, (request, response) => {
    requests += 1;
    request.resume();
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('ETag', '"strong"');
    response.setHeader('Accept-Ranges', 'bytes');
    if (request.headers.range !== undefined) {
      response.writeHead(206, { 'Content-Range': `bytes 0-3/${text.length}`, 'Content-Length': '4' });
      response.end(text.slice(0, 4));
      return;
    }
    response.setHeader('Content-Length', String(text.length));
    response.end(request.method === 'HEAD' ? undefined : text);
  }).then((origin) => ({ ...origin, requests: () => requests }));
}

/** The body of an answer in chunks. */
function unchunked(answer: Buffer): Buffer {
  let at = answer.indexOf('\r\n\r\n') + 4;
  const parts: Buffer[] = [];
  while (true) {
    const end = answer.indexOf('\r\n', at);
    const size = Number.parseInt(answer.toString('latin1', at, end), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(answer.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function rawAnswer(port: number, head: string, isSlow = false): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\nConnection: close\r\n\r\n`));
    const parts: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => {
      parts.push(bytes);
      if (!isSlow) return;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
}

test('compression: octets, length, ETag and ranges of the answer are those of what is sent', async () => {
  const { url } = await textOrigin();
  const { port } = await edgeWith(url, putting({ edits: compressionSteps }));
  const get = 'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip';
  for (const isSlow of [false, true]) {
    const answer = await rawAnswer(port, get, isSlow);
    const head = answer.toString('latin1', 0, answer.indexOf('\r\n\r\n'));
    assert.match(head, /^HTTP\/1\.1 200/);
    assert.match(head, /^Content-Encoding: gzip\r?$/m);
    assert.match(head, /^ETag: W\/"strong"\r?$/m);
    assert.doesNotMatch(head, /^(?:Content-Length|Accept-Ranges):/m);
    assert.equal(gunzipSync(unchunked(answer)).toString(), text);
  }
  const headOnly = (await rawAnswer(port, get.replace('GET', 'HEAD'))).toString('latin1');
  assert.match(headOnly, /^ETag: W\/"strong"\r?$/m);
  assert.ok(headOnly.endsWith('\r\n\r\n'));
  const part = (await rawAnswer(port, `${get}\r\nRange: bytes=0-3`)).toString('latin1');
  assert.match(part, /^HTTP\/1\.1 206[\s\S]*\r\n\r\nline$/);
  assert.match(part, /^ETag: "strong"\r?$/m);
  assert.equal((await ask(port, '/')).body, text, 'who does not want it gets it as it is');
});

test('a cache: one fetch for many readers, which dies with none of them', async () => {
  const { url, requests } = await textOrigin();
  let cache!: PaperCache;
  const { port } = await edgeWith(url, (module, { fetch }) => {
    if (module.declaration.name !== 'edits') return module;
    cache = new PaperCache(fetch);
    return { ...withSteps(module, (own) => own), compile: () => cache.steps };
  });
  // Whoever came first leaves at once.
  const first = connect(port, '127.0.0.1', () => {
    first.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n', () => setImmediate(() => first.destroy()));
  });
  await new Promise((resolve) => first.on('close', resolve));
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(port, '/page')));
  assert.deepEqual([...new Set(answers.map(({ body }) => body === text))], [true]);
  assert.equal(requests(), 1);
});

test('a stale copy stands in when the origin is gone, and passes those who ask before it', async () => {
  const { url, server, requests } = await textOrigin();
  let cache!: PaperCache;
  const { port } = await edgeWith(url, (module, { fetch }) => {
    if (module.declaration.name === 'verify') {
      return { ...withSteps(module, (own) => own), compile: () => compressionSteps };
    }
    if (module.declaration.name !== 'edits') return module;
    cache = new PaperCache(fetch);
    return { ...withSteps(module, (own) => own), compile: () => cache.steps };
  });
  assert.equal((await ask(port, '/page')).body, text);
  cache.servesCopies = false;
  assert.equal((await ask(port, '/page')).body, text);
  assert.equal(requests(), 2);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const answer = await rawAnswer(port, 'GET /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip');
  assert.match(answer.toString('latin1', 0, 300), /^HTTP\/1\.1 200[\s\S]*Content-Encoding: gzip/);
  assert.equal(gunzipSync(unchunked(answer)).toString(), text);
  assert.equal((await ask(port, '/other')).status, 502, 'what was never stored is not made up');
});

test('a request that waits at a module goes on behind it, and its visitor may leave meanwhile', async () => {
  const { url } = await startOrigin(undo);
  const resumes: ((step: Exclude<Step, { kind: 'wait' }> | undefined) => void)[] = [];
  let cancelled = 0;
  const waits: Steps = {
    head: () => ({
      kind: 'wait',
      forMs: 60_000,
      late: undefined,
      start: (resume) => {
        resumes.push(resume);
        return () => {
          cancelled += 1;
        };
      },
    }),
  };
  let asked = 0;
  const behind: Steps = {
    head: () => {
      asked += 1;
      return undefined;
    },
  };
  const { port, worker } = await edgeWith(url, putting({ verify: waits, edits: behind }));
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  };
  const one = ask(port, '/');
  await until(() => resumes.length === 1);
  assert.equal(asked, 0, 'nobody behind it has seen the request');
  const other = ask(port, '/other');
  await until(() => resumes.length === 2);
  resumes[1]!(undefined);
  assert.equal((await other).body, 'hello', 'it waits for nobody else');
  resumes[0]!({ kind: 'decline', why: 'body-too-large' } as never);
  assert.equal((await one).body, 'hello', 'a reason of another module is none: it fails open');
  assert.equal(asked, 2);
  const gone = connect(port, '127.0.0.1', () => gone.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  await until(() => resumes.length === 3);
  gone.resetAndDestroy();
  await until(() => cancelled === 1);
  resumes[2]!(undefined);
  assert.equal(asked, 2, 'what is resumed too late is left alone');
  assert.equal(worker.counts().counters.moduleFailures?.verify, 1);
});

test('a body is seen whole before the origin hears of it, and goes there as it came', async () => {
  const bodies: string[] = [];
  const { url } = await startOrigin(undo, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (bytes: Buffer) => parts.push(bytes));
    request.on('end', () => {
      bodies.push(Buffer.concat(parts).toString());
      response.end('taken');
    });
  });
  const seen: (string | null)[] = [];
  let bytesMax = 20;
  const shield: Steps = {
    head: () => undefined,
    requestBody: () => ({
      kind: 'whole',
      bytesMax,
      onWhole: (body) => {
        seen.push(Buffer.from(body).toString());
        return seen.at(-1)!.includes('evil') ? { kind: 'decline', why: 'body-too-large' } : undefined;
      },
      onTooLong: () => {
        seen.push(null);
        return undefined;
      },
    }),
  };
  const { port } = await edgeWith(url, putting({ sizes: shield }));
  const post = (body: string) => ask(port, '/', [`Content-Length: ${body.length}`], 'POST', body);
  assert.equal((await post('a good body')).body, 'taken');
  assert.equal((await post('an evil body')).status, 413);
  assert.equal((await post('a body that is longer than twenty')).body, 'taken');
  assert.deepEqual(bodies, ['a good body', 'a body that is longer than twenty']);
  assert.deepEqual(seen, ['a good body', 'an evil body', null]);
  // Several reads, each into the memory of the one before.
  bytesMax = 1 << 20;
  const long = Array.from({ length: 60_000 }, (_, word) => word.toString(36)).join(' ');
  assert.equal((await post(long)).body, 'taken');
  assert.deepEqual([seen.at(-1) === long, bodies.at(-1) === long], [true, true]);
  const expecting = `POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`;
  const answer = await exchangeBytes(port, `${expecting}held`);
  assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
});
