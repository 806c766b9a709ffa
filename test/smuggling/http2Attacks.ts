import { chunk, host, inBothFolders, type Paths, pieceByPiece, type Recipe, smuggled } from './attack.ts';
import { data, type Field, flag, frame, frameType, headers, reset } from './rawHttp2.ts';
import { transferEncodings } from './transferEncodings.ts';

/*
 * Attacks from HTTP/2: what frames a message there is the frames, and every field that says otherwise is a lie that must
 * not reach an origin. Each is what a visitor sends behind the preface.
 */

const open = flag.endHeaders;
const whole = flag.endHeaders | flag.endStream;
const pseudo = (paths: Paths, method = 'POST', changed: Readonly<Record<string, string>> = {}): Field[] =>
  Object.entries({ ':method': method, ':scheme': 'https', ':path': paths.outer, ':authority': host, ...changed });
const withBody = (fields: readonly Field[], bytes: string) => [
  headers(1, fields, open),
  data(1, bytes, flag.endStream),
];
const endsAtOnce = (paths: Paths) => `0\r\n\r\n${smuggled(paths)}`;

/** LEN: how long the body is; the body is the request that nobody may see. */
const lengths: readonly string[] = [
  ...[
    '0',
    '1',
    '+0',
    '-0',
    '0x0',
    '00',
    '0, LEN',
    'LEN, 0',
    'LEN,LEN',
    '0 ',
    ' 0',
    '',
    'x',
    '0\r\nx: y',
    '0\0',
    '18446744073709551616',
  ],
  ...[
    'LEN',
    '0LEN',
    '+LEN',
    '-LEN',
    'LEN.0',
    'LEN ',
    '"LEN"',
    'LEN\n',
    '4294967296',
    '9223372036854775808',
    '1e3',
    '\xb2',
    'LEN;',
  ],
];

/** Pieces that would end a line, a head or a field in HTTP/1.1; CAN: the path that nobody may see. */
const breaks: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\r\n\r\n',
  '\n\n',
  '\x0b',
  '\x85',
  '\r\r\n',
  '\x01',
  '\x7f',
  '\u2028',
];
const behindBreak: readonly string[] = [
  ...['transfer-encoding: chunked', 'content-length: 0', 'x: y', '\r\nGET CAN HTTP/1.1\r\nhost: shop.example\r\nx: y'],
  ...[' HTTP/1.1\r\nhost: shop.example\r\n\r\nGET CAN HTTP/1.1\r\nx: y'],
];

/** Where a break may stand: what it does to the fields. */
const places: Readonly<Record<string, (paths: Paths, text: string) => Field[]>> = {
  value: (paths, text) => [...pseudo(paths), ['x', `y${text}`]],
  name: (paths, text) => [...pseudo(paths), [`x${text}`, 'y']],
  'name alone': (paths, text) => [...pseudo(paths), [text.trim(), '']],
  cookie: (paths, text) => [...pseudo(paths), ['cookie', `a=b${text}`], ['cookie', 'c=d']],
  ':path': (paths, text) => pseudo(paths, 'POST', { ':path': `${paths.outer}${text}` }),
  ':method': (paths, text) => pseudo(paths, `POST${text}`),
  ':authority': (paths, text) => pseudo(paths, 'POST', { ':authority': `${host}${text}` }),
  ':scheme': (paths, text) => pseudo(paths, 'POST', { ':scheme': `https${text}` }),
  host: (paths, text) => [...pseudo(paths), ['host', `${host}${text}`]],
  expect: (paths, text) => [...pseudo(paths), ['expect', `100-continue${text}`]],
  te: (paths, text) => [...pseudo(paths), ['te', `trailers${text}`]],
};

/** Fields that have no place in HTTP/2, or tempt whoever writes them down. */
const temptations: readonly Field[] = [
  ['connection', 'content-length'],
  ['connection', 'transfer-encoding, host'],
  ['connection', 'upgrade'],
  ['proxy-connection', 'keep-alive'],
  ['keep-alive', 'timeout=1'],
  ['upgrade', 'h2c'],
  ['upgrade', 'websocket'],
  ['te', 'chunked'],
  ['te', 'trailers, chunked'],
  ['transfer-encoding', 'identity'],
  ['http2-settings', 'AAMAAABkAAQAAP__'],
  ['host', 'other.example'],
  ['host', ''],
  ['host', 'shop.example, other.example'],
  ['Host', 'shop.example'],
  ['Content-Length', '0'],
  ['content_length', '0'],
  ['content-length ', '0'],
  [' content-length', '0'],
  ['content-length:', '0'],
  [':path', '/read/other'],
  [':method', 'GET'],
  [':authority', 'other.example'],
  [':protocol', 'websocket'],
  [':status', '200'],
  [':unknown', 'x'],
  ['', 'x'],
  [':', 'x'],
  ['x y', 'z'],
  ['x\ty', 'z'],
  ['x(y', 'z'],
  ['\xff', 'z'],
  ['expect', '100-continue'],
  ['expect', 'tea'],
  ['x-http-method-override', 'GET'],
  ['trailer', 'content-length'],
];

/** Pseudo-fields in odd shapes. */
const oddPseudo: readonly Readonly<Record<string, string>>[] = [
  { ':path': '' },
  { ':path': '*' },
  { ':path': 'CAN' },
  { ':path': 'http://shop.example/read/x' },
  { ':path': 'http://other.example/read/x' },
  { ':path': '//other.example/read/x' },
  { ':path': '/read/x y' },
  { ':path': '/read/x#y' },
  { ':path': '/read/x HTTP/1.1' },
  { ':path': '/read/x\tHTTP/1.1' },
  { ':path': 'read/x' },
  { ':path': '\\read\\x' },
  { ':authority': '' },
  { ':authority': 'other.example' },
  { ':authority': 'a@shop.example' },
  { ':authority': 'shop.example/CAN' },
  { ':authority': 'shop.example:80:80' },
  { ':authority': 'shop.example other.example' },
  { ':authority': 'shop.example, other.example' },
  { ':scheme': '' },
  { ':scheme': 'http' },
  { ':scheme': 'https://shop.example/CAN?' },
  { ':method': '' },
  { ':method': 'GET CAN HTTP/1.1' },
  { ':method': 'CONNECT' },
  { ':method': 'get' },
  { ':method': 'PRI' },
  { ':method': 'HEAD' },
  { ':method': 'TRACE' },
  { ':method': 'GET' },
];

/** Frames in an order or shape that ends a message elsewhere than the fields say. */
const shapes: Readonly<Record<string, (paths: Paths) => readonly Buffer[]>> = {
  'shorter than its length': (paths) => withBody([...pseudo(paths), ['content-length', '1000']], smuggled(paths)),
  'shorter, ended by an empty frame': (paths) => [
    headers(1, [...pseudo(paths), ['content-length', '1000']], open),
    data(1, smuggled(paths)),
    data(1, '', flag.endStream),
  ],
  'shorter, ended by trailers': (paths) => [
    headers(1, [...pseudo(paths), ['content-length', '1000']], open),
    data(1, smuggled(paths)),
    headers(1, [['x', 'y']], whole),
  ],
  'no body at all': (paths) => [headers(1, [...pseudo(paths), ['content-length', '1000']], whole)],
  'GET without the body that it promises': (paths) => [
    headers(1, [...pseudo(paths, 'GET'), ['content-length', '1000']], whole),
  ],
  'longer than its length, in a second frame': (paths) => [
    headers(1, [...pseudo(paths), ['content-length', '3']], open),
    data(1, 'abc'),
    data(1, smuggled(paths), flag.endStream),
  ],
  'longer, in trailers': (paths) => [
    headers(1, [...pseudo(paths), ['content-length', '3']], open),
    data(1, 'abc'),
    headers(
      1,
      [
        ['content-length', '0'],
        ['transfer-encoding', 'chunked'],
      ],
      whole,
    ),
    data(1, smuggled(paths)),
  ],
  'reset in the middle of a length': (paths) => [
    headers(1, [...pseudo(paths), ['content-length', '1000']], open),
    data(1, smuggled(paths)),
    reset(1),
  ],
  'reset in the middle of chunks': (paths) => [headers(1, pseudo(paths), open), data(1, smuggled(paths)), reset(1)],
  'DATA behind the end': (paths) => [headers(1, pseudo(paths), whole), data(1, smuggled(paths), flag.endStream)],
  'DATA behind the end of DATA': (paths) => [
    ...withBody(pseudo(paths), 'abc'),
    data(1, smuggled(paths), flag.endStream),
  ],
  'DATA on no stream': (paths) => [headers(1, pseudo(paths), open), data(3, smuggled(paths), flag.endStream)],
  'padding that is a request': (paths) => {
    const hidden = Buffer.from(smuggled(paths).slice(0, 200), 'latin1');
    const padded = Buffer.concat([Buffer.from([hidden.length]), Buffer.from('abc'), hidden]);
    return [headers(1, pseudo(paths), open), frame(frameType.data, flag.padded | flag.endStream, 1, padded)];
  },
  'more padding than there is': (paths) => [
    headers(1, pseudo(paths), open),
    frame(
      frameType.data,
      flag.padded | flag.endStream,
      1,
      Buffer.concat([Buffer.from([255]), Buffer.from(smuggled(paths).slice(0, 100))]),
    ),
  ],
  'pseudo-fields in trailers': (paths) => [
    headers(1, pseudo(paths), open),
    data(1, 'abc'),
    headers(
      1,
      [
        [':method', 'GET'],
        [':path', paths.canary],
      ],
      whole,
    ),
  ],
  'line ends in trailers': (paths) => [
    headers(1, pseudo(paths), open),
    data(1, 'abc'),
    headers(1, [['x', `y\r\n\r\n${smuggled(paths)}`]], whole),
  ],
  'pseudo-fields behind the others': (paths) => withBody([['x', 'y'], ...pseudo(paths)], smuggled(paths)),
  'fields twice': (paths) =>
    withBody(
      [...pseudo(paths), ['content-length', '0'], ['content-length', String(smuggled(paths).length)]],
      smuggled(paths),
    ),
  'a head within a head': (paths) => [
    headers(1, pseudo(paths), 0),
    headers(3, pseudo({ ...paths, outer: paths.canary }), whole),
  ],
  'a request in chunks': (paths) => withBody(pseudo(paths), `${chunk('x')}${endsAtOnce(paths)}`),
  'HTTP/1.1 behind the preface': (paths) => [Buffer.from(smuggled(paths), 'latin1')],
  'HTTP/1.1 behind a stream': (paths) => [headers(1, pseudo(paths), whole), Buffer.from(smuggled(paths), 'latin1')],
  'even stream': (paths) => [headers(2, pseudo(paths), whole)],
};

const filled = (text: string, paths: Paths) => text.replaceAll('CAN', paths.canary);
const sized = (text: string, paths: Paths) => text.replaceAll('LEN', String(smuggled(paths).length));

/** Name and value as HTTP/2 would carry the spelling; the spelling as it is stands in the value where it has no colon. */
function spelledField(spelling: string, isLower: boolean): Field {
  const colon = spelling.indexOf(':', 1);
  const [name, value] = colon === -1 ? [spelling, 'chunked'] : [spelling.slice(0, colon), spelling.slice(colon + 1)];
  return [isLower ? name.toLowerCase() : name, value.replace(/^ /, '')];
}

const untrueLengths: readonly Recipe[] = ['POST', 'GET'].flatMap((method) =>
  lengths.map((length) => ({
    technique: `h2.CL, ${method}`,
    says: JSON.stringify(length),
    made: (paths: Paths) =>
      withBody([...pseudo(paths, method), ['content-length', sized(length, paths)]], smuggled(paths)),
  })),
);
const oddFrames = Object.entries(shapes).map(([says, made]): Recipe => ({ technique: 'frames', says, made }));

export const http2Attacks: readonly Recipe[] = [
  ...transferEncodings.flatMap((spelling) =>
    [true, false].map((isLower) => ({
      technique: isLower ? 'h2.TE' : 'h2.TE, name as it is',
      says: JSON.stringify(spelling),
      made: (paths: Paths) => withBody([...pseudo(paths), spelledField(spelling, isLower)], endsAtOnce(paths)),
    })),
  ),
  ...transferEncodings.map((spelling) => ({
    technique: 'h2.TE with a length',
    says: JSON.stringify(spelling),
    made: (paths: Paths) => {
      const bytes = endsAtOnce(paths);
      return withBody([...pseudo(paths), ['content-length', `${bytes.length}`], spelledField(spelling, true)], bytes);
    },
  })),
  ...untrueLengths,
  ...pieceByPiece(untrueLengths),
  ...Object.entries(places).flatMap(([place, made]) =>
    breaks.flatMap((end) =>
      behindBreak.map((behind) => ({
        technique: `line ends in ${place}`,
        says: JSON.stringify(end + behind),
        made: (paths: Paths) => withBody(made(paths, end + filled(behind, paths)), endsAtOnce(paths)),
      })),
    ),
  ),
  ...temptations.map((field) => ({
    technique: 'fields of HTTP/1.1',
    says: JSON.stringify(field),
    made: (paths: Paths) => withBody([...pseudo(paths), field], smuggled(paths)),
  })),
  ...oddPseudo.flatMap((changed) =>
    [true, false].map((hasBody) => ({
      technique: hasBody ? 'pseudo-fields' : 'pseudo-fields, no body',
      says: JSON.stringify(changed),
      made: (paths: Paths) => {
        const values = Object.entries(changed).map(([name, value]) => [name, filled(value, paths)]);
        const fields = pseudo(paths, 'POST', Object.fromEntries(values));
        return hasBody ? withBody(fields, smuggled(paths)) : [headers(1, fields, whole)];
      },
    })),
  ),
  ...inBothFolders(oddFrames),
  ...inBothFolders(pieceByPiece(oddFrames)),
];
