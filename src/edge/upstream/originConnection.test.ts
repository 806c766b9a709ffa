import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { systemClock } from '../../kernel/clock.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { BodySource } from '../exchange/bodies.ts';
import { Deadlines } from '../sockets/deadlines.ts';
import { ReadMemory } from '../sockets/readMemory.ts';
import { Turns } from '../sockets/turns.ts';
import { HttpUpstream } from './httpUpstream.ts';
import { OriginGroup } from './originGroup.ts';
import { Origins } from './origins.ts';
import { selfSigned } from './testing/certificates.ts';
import { siteOf } from './testing/groupFixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-origin-connection-'));
after(() => rmSync(folder, { recursive: true }));
const certificate = selfSigned(folder, 'origin', 'IP:127.0.0.1');

/** An origin behind TLS that sends `answer` and, unless it `stays`, closes in one go. */
async function startOrigin(answer: string, stays = false): Promise<string> {
  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (stays ? socket.write(answer) : socket.end(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks the origin at `url`, gives the body of its answer to `read`, and tells how it ended. */
function ask(url: string, read: (source: BodySource) => (bytes: Buffer) => void): Promise<string> {
  const random = seededRandom(1);
  const site = siteOf([], { origins: [{ url }], upstream: { tls: { verify: false } } });
  const group = new OriginGroup(site, systemClock, random);
  const sockets = { memory: new ReadMemory(), deadlines: new Deadlines(systemClock), turns: new Turns() };
  const upstream = new HttpUpstream(sockets, new Origins(systemClock, random), systemClock);
  return new Promise<string>((resolve) => {
    const request = {
      group,
      method: 'GET',
      head: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      body: 'none',
      offersUpgrade: false,
    } as const;
    upstream.send(request, {
      onContinue: () => {},
      onResponse: (_head, source) =>
        source.flowTo({
          onBytes: read(source),
          onLull: () => {},
          onEnd: () => resolve('whole'),
          onFailure: () => resolve('cut off'),
        }),
      onSwitched: () => {},
      onUpstreamRoom: () => {},
      onNoAnswer: resolve,
    });
  });
}

for (const framing of ['Content-Length: 60000', 'Connection: close', 'Transfer-Encoding: chunked']) {
  test(`an origin behind TLS that closes while its reader pauses: nothing is lost (${framing})`, async () => {
    const body = 'a'.repeat(60_000);
    const framed = framing.includes('chunked') ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
    const url = await startOrigin(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${framed}`);
    let received = 0;
    const outcome = await ask(url, (source) => (bytes) => {
      received += bytes.length;
      source.pause();
      setTimeout(() => source.resume(), 100);
    });
    assert.deepEqual([outcome, received], ['whole', body.length]);
  });
}

for (const stays of [true, false]) {
  const says = stays ? 'not whoever lets it go on' : 'also when its origin closes';
  test(`whatever is thrown on a body that was kept ends its request, ${says}`, async () => {
    const url = await startOrigin('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc', stays);
    const outcome = await ask(url, (source) => {
      source.pause();
      if (stays) setTimeout(() => source.resume(), 50);
      return () => {
        throw new Error('a mistake of ours');
      };
    });
    assert.equal(outcome, 'cut off');
  });
}
