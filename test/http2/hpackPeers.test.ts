import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { test } from 'node:test';
import { fieldNumberOf } from '../../src/http/index.ts';
import { HpackDecoder, HpackEncoder, responseBytesMax } from '../../src/http2/hpack/index.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { startBlockServer } from './blockServer.ts';

/*
 * Both directions against nghttp2, the codec in Node: the client's request blocks go through our decoder, our encoder's
 * response blocks through the client. One connection's tables live through all rounds, with sizes that change in between.
 */
const sizes = [4_096, 4_096, 0, 100, 4_096, 200, 65_536, 1];
const roundsPerSize = process.env.HOLDFAST_TEST_WHOLE === '1' ? 400 : 40;

test('requests of Node’s client through our decoder, our encoder’s responses through Node', async () => {
  const random = seededRandom(7_541);
  const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 64 << 10, fieldsMax: 100 });
  const encoder = new HpackEncoder();
  let sent: { readonly status: number; readonly raw: readonly string[] } = { status: 200, raw: [] };
  const server = await startBlockServer((block) => {
    assert.equal(decoder.decode(block, 0, block.length), undefined, block.toString('hex'));
    assert.ok(decoder.tableBytes <= 4_096);
    encoder.setTableBytesMax(server.clientTableBytesMax());
    const into = Buffer.alloc(responseBytesMax(sent.raw));
    const numbers = sent.raw.filter((_, index) => index % 2 === 0).map(fieldNumberOf);
    return into.subarray(0, encoder.encodeResponse(sent.status, sent.raw, numbers, into, 0));
  });
  const session = connect(`http://127.0.0.1:${server.port}`);
  try {
    await once(session, 'remoteSettings');
    for (const size of sizes) {
      // The client's table for what it sends follows what we ask for; ours follows what it asks for.
      await server.setTableBytesMax(Math.min(size, 4_096));
      session.settings({ headerTableSize: size });
      await once(session, 'localSettings');
      for (let round = 0; round < roundsPerSize; round++) {
        const asked = requestOf(random);
        sent = responseOf(random);
        const read = await exchange(session, asked);
        assert.deepEqual(decoder.raw, asked.map(String), `size ${size}, round ${round}`);
        assert.equal(decoder.hasInvalidField, false);
        const expected = [':status', String(sent.status), ...sent.raw.map((text, index) => lowerName(text, index))];
        assert.deepEqual(read, expected, `size ${size}, round ${round}`);
      }
    }
  } finally {
    session.destroy();
    await server.close();
  }
});

/** Sends name, value, name, value …; gives the response's fields in the same shape. */
async function exchange(session: ClientHttp2Session, raw: readonly string[]): Promise<string[]> {
  const stream = session.request([...raw], { endStream: true });
  const response = new Promise<string[]>((done, fail) => {
    stream.on('error', fail);
    stream.on('response', (_headers, _flags, rawHeaders) => done(rawHeaders as unknown as string[]));
  });
  stream.resume();
  const read = await response;
  if (!stream.closed) await once(stream, 'close');
  return read;
}

function lowerName(text: string, index: number): string {
  return index % 2 === 0 ? text.toLowerCase() : text;
}

const requestNames = ['user-agent', 'accept', 'cookie', 'x-own', 'x-other', 'referer', 'authorization', 'priority'];
const responseNames = [
  ...['Server', 'Content-Type', 'ETag', 'Cache-Control', 'Set-Cookie', 'X-Own', 'x-other', 'Vary', 'Date', 'Age'],
  ...['Location', 'Content-Length', 'X-Long-Name-That-No-Table-Has', 'Via', 'WWW-Authenticate', 'Last-Modified'],
];

function requestOf(random: Random): string[] {
  const raw = [':method', 'GET', ':scheme', 'http', ':authority', 'shop.example', ':path', `/${anyValue(random)}`];
  for (const name of requestNames) if (random.next() < 0.6) raw.push(name, anyValue(random));
  return raw;
}

function responseOf(random: Random): { status: number; raw: string[] } {
  const raw: string[] = [];
  for (const name of responseNames) if (random.next() < 0.5) raw.push(name, anyValue(random));
  // Node takes one of these only, and numbers in it.
  const at = raw.indexOf('Content-Length');
  if (at !== -1) raw.splice(at, 2);
  return { status: pick(random, [200, 204, 304, 404, 403, 503, 301]), raw };
}

/** Values that return, so that the tables are used, and values that do not; any octet that may stand in one. */
function anyValue(random: Random): string {
  const chance = random.next();
  if (chance < 0.5) return pick(random, ['one', 'two', 'text/html; charset=utf-8', 'max-age=3600', '"etag-1"', '*/*']);
  const length = chance < 0.97 ? Math.floor(random.next() * 60) : Math.floor(random.next() * 3_000);
  let text = '';
  for (let index = 0; index < length; index++) text += String.fromCharCode(0x21 + Math.floor(random.next() * 0x5e));
  return text;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)]!;
}
