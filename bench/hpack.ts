/*
 * Cost of header compression per header block: `node tools/node.js bench/hpack.ts`. Prints microseconds, with the spread of
 * rounds. The blocks that are decoded come from Node's own HTTP/2 client (nghttp2), warm: a connection's later requests.
 */
import { once } from 'node:events';
import { connect } from 'node:http2';
import { fieldNumberOf } from '../src/http/index.ts';
import { HpackDecoder, HpackEncoder } from '../src/http2/hpack/index.ts';
import { startBlockServer } from '../test/http2/blockServer.ts';

const rounds = 15;
const callsPerRound = 20_000;

const browser = {
  'sec-ch-ua': '"Chromium";v="136", "Google Chrome";v="136", "Not.A/Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Windows"',
  'upgrade-insecure-requests': '1',
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
};
const answer = [
  ...['Server', 'nginx', 'Date', 'Tue, 24 Nov 2026 16:13:30 GMT', 'Content-Type', 'text/html; charset=utf-8'],
  ...['Content-Length', '15342', 'Last-Modified', 'Mon, 23 Nov 2026 09:00:00 GMT', 'ETag', '"65f2a1c4-3bee"'],
  ...['Cache-Control', 'max-age=3600, public', 'Vary', 'Accept-Encoding', 'X-Cache', 'MISS', 'Via', '1.1 holdfast'],
];
const answerHead = Buffer.from(
  `HTTP/1.1 200 OK\r\n${answer.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('')}\r\n`,
).toString('latin1');

const cookie = 'session=5f2b1c9e8d7a4b3c; theme=dark; consent=yes';
const same = await blocksOf(Array.from({ length: 3 }, () => ({ ':path': '/', ...browser, cookie })));
const paths = await blocksOf(
  Array.from({ length: 400 }, (_, index) => ({
    ':path': `/articles/2026/${index * 7919}/index.html`,
    ...browser,
    cookie,
  })),
);
const bare = await blocksOf(Array.from({ length: 3 }, () => ({ ':path': '/', 'user-agent': 'h2load nghttp2/1.52.0' })));
const strange = Array.from({ length: 400 }, (_, index) => `session=${(index * 2654435761).toString(36)}`);
const cookies = await blocksOf(strange.map((value) => ({ ':path': '/', ...browser, cookie: value })));

decodeWarm('decode: load tool, 5 fields', bare);
decodeWarm('decode: browser, same path, 16 fields', same);
decodeWarm('decode: browser, another path each', paths);
decodeWarm('decode: browser, another cookie each', cookies);
measure('decode: first request of a connection', 5_000, () => {
  const decoder = newDecoder();
  decoder.decode(same[0]!, 0, same[0]!.length);
});
encodeWarm('encode: 10 fields, same strings', () => answer);
encodeWarm('encode: 10 fields, cut from a head', fieldsCut);
measure('  (cutting them)', callsPerRound, fieldsCut);

function decodeWarm(name: string, blocks: readonly Buffer[]): void {
  const decoder = newDecoder();
  for (const block of blocks) decoder.decode(block, 0, block.length);
  const later = blocks.slice(1);
  // Entries would pile up if the blocks that add them were decoded again: only those that add none are measured.
  const steady = later.filter((block) => {
    const before = decoder.tableBytes;
    decoder.decode(block, 0, block.length);
    return decoder.tableBytes === before;
  });
  let next = 0;
  measure(
    `${name} (${Math.round(steady.reduce((sum, block) => sum + block.length, 0) / steady.length)} B)`,
    callsPerRound,
    () => {
      const block = steady[next]!;
      next = next + 1 === steady.length ? 0 : next + 1;
      if (decoder.decode(block, 0, block.length) !== undefined) throw new Error('a block that was fine is not');
    },
  );
}

function encodeWarm(name: string, fields: () => readonly string[]): void {
  const encoder = new HpackEncoder();
  const numbers = answer.filter((_, index) => index % 2 === 0).map(fieldNumberOf);
  const into = Buffer.alloc(4_096);
  let bytes = 0;
  for (let warm = 0; warm < 3; warm++) bytes = encoder.encodeResponse(200, fields(), numbers, into, 0);
  measure(`${name} (${bytes} B)`, callsPerRound, () => {
    encoder.encodeResponse(200, fields(), numbers, into, 0);
  });
}

/** As the response reader gives them: new strings each time, pieces of the head's text. */
function fieldsCut(): string[] {
  const raw: string[] = [];
  const text = answerHead.slice(1);
  for (let at = text.indexOf('\n') + 1; ; ) {
    const colon = text.indexOf(':', at);
    if (colon === -1) return raw;
    const end = text.indexOf('\r', colon);
    raw.push(text.slice(at, colon), text.slice(colon + 2, end));
    at = end + 2;
  }
}

function newDecoder(): HpackDecoder {
  return new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 64 << 10, fieldsMax: 100 });
}

function measure(name: string, calls: number, call: () => void): void {
  for (let warm = 0; warm < calls; warm++) call();
  const perRound: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) call();
    perRound.push(Number(process.hrtime.bigint() - start) / 1e3 / calls);
  }
  perRound.sort((one, other) => one - other);
  const spread = `${perRound[0]!.toFixed(2)}–${perRound.at(-1)!.toFixed(2)}`;
  process.stdout.write(`${name.padEnd(52)} ${perRound[rounds >> 1]!.toFixed(2)} µs (rounds ${spread})\n`);
}

/** The header blocks of requests that Node's client sends on one connection. */
async function blocksOf(heads: readonly Record<string, string>[]): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  const server = await startBlockServer((block) => {
    blocks.push(Buffer.from(block));
    return Buffer.from([0x88]);
  });
  const session = connect(`http://127.0.0.1:${server.port}`);
  for (const head of heads) {
    const stream = session.request({ ':authority': 'shop.example', ':scheme': 'https', ...head }, { endStream: true });
    stream.resume();
    await once(stream, 'close');
  }
  session.destroy();
  await server.close();
  return blocks;
}
