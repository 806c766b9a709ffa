import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StreamEvents, StreamInput } from './messageEvents.ts';
import { nodeReading } from './nodeReading.ts';
import { ourReading } from './ourReading.ts';
import { type ParserCase, readParserCases } from './parserCases.ts';

/*
 * llhttp's own cases (MIT). What its strict parser refuses is refused here; what it takes is taken and read alike, but for
 * the list below.
 */

const folder = fileURLToPath(new URL('../../../shared/data/parser-cases/', import.meta.url));
const skip = !existsSync(folder) && process.env.CI !== 'true' ? `needs ${folder}` : false;
const cases = skip === false ? readParserCases(folder) : [];

const notHttp = 'another protocol';
const noConnect = 'CONNECT is not served';
const fragment = 'a fragment never travels (RFC 9112 section 3.2)';
const codings = 'chunked is the only coding, alone';

/** Valid for llhttp, refused here, and why. */
const strictHere: Readonly<Record<string, string>> = {
  'request/content-length: Content-Length reset when no body is received': 'a request’s body is not left out',
  'request/method: CONNECT request': noConnect,
  'request/method: CONNECT request with CAPS': noConnect,
  'request/method: CONNECT with body': noConnect,
  'request/uri: Underscore in hostname': noConnect,
  'request/method: PRI request HTTP2': 'HTTP/2 is told from HTTP/1.1 before anything is read here',
  'request/method: M-SEARCH request': 'the target * is for OPTIONS alone (RFC 9112 section 3.2.4)',
  'request/method: SOURCE request with ICE': notHttp,
  'request/method: OPTIONS request with RTSP': notHttp,
  'request/method: ANNOUNCE request with RTSP': notHttp,
  'request/sample: curl GET': 'its Host, 0.0.0.0=5000, names no host that a site may have',
  'request/sample: Firefox GET': 'its Host, 0.0.0.0=5000, names no host that a site may have',
  'request/sample: No HTTP version': 'HTTP/0.9',
  'request/transfer-encoding: POST with `chunked` as last transfer-encoding': fragment,
  'request/transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)': fragment,
  'request/uri: Fragment in URI': fragment,
  'request/uri: `host:port` and basic auth': 'userinfo disguises hosts (RFC 9110 section 4.2.4)',
  'response/sample: RTSP response': notHttp,
  'response/sample: ICE response': notHttp,
  'response/sample: HTTP version 0.9': 'HTTP/0.9',
  'response/transfer-encoding: `chunked` before other transfer-encoding': codings,
  'response/transfer-encoding: multiple transfer-encoding where chunked is not the last one': codings,
  'response/transfer-encoding: `chunkedchunked` transfer-encoding does not enable chunked enconding': codings,
};

test('every case that strict llhttp refuses is refused', { skip }, () => {
  const refused = cases.filter(isRefusedByLlhttp);
  assert.ok(refused.length >= 70, `${refused.length} cases`);
  // Some cases end inside of the head: only a whole one has a verdict here.
  const endings = ['', '\r\n', '\r\n\r\n'];
  const accepted = refused
    .filter((each) => !endings.some((ending) => ourReading(inputOf(each, ending)).outcome === 'refused'))
    .map(({ name }) => name);
  assert.deepEqual(accepted, []);
});

test('every other case is read as llhttp reads it, but for those with a reason', { skip }, () => {
  const taken = cases.filter((each) => !isRefusedByLlhttp(each));
  assert.ok(taken.length >= 100, `${taken.length} cases`);
  const others: string[] = [];
  for (const each of taken) {
    const ours = ourReading(inputOf(each));
    // Behind an upgrade llhttp reads no more; here what comes is HTTP until the origin says otherwise.
    const isBehindPause = hasStopped(each) && ours.messages.length === each.log.messages.length;
    const isRefused = ours.outcome === 'refused' && !isBehindPause;
    const difference = isRefused ? `refused: ${ours.fault}` : differenceToLog(each, ours);
    if (difference !== undefined && strictHere[each.name] === undefined) others.push(`${each.name}: ${difference}`);
    if (difference === undefined && strictHere[each.name] !== undefined) others.push(`${each.name}: needs no reason`);
  }
  assert.deepEqual(others, []);
});

test('Node’s parser, the oracle of the differential test, judges the strict cases as their logs do', { skip }, () => {
  const others = cases.filter((each) => {
    return !each.isLenient && !hasStopped(each) && isRefusedByNode(each) !== (each.log.error !== undefined);
  });
  assert.deepEqual(
    others.map(({ name }) => name),
    [],
  );
});

test('a case gives the same events when it comes octet by octet', { skip }, () => {
  for (const each of cases) {
    const input = inputOf(each);
    const cuts = Array.from({ length: input.bytes.length }, (_, index) => index + 1);
    assert.deepEqual(ourReading(input, cuts), ourReading(input), each.name);
  }
});

function inputOf({ kind, isHead, input }: ParserCase, ending = ''): StreamInput {
  return { kind, isHead, bytes: Buffer.from((kind === 'request' ? withHost(input) : input) + ending) };
}

/** llhttp leaves it to others to ask for Host; most of its cases have none. */
function withHost(input: string): string {
  return input.replace(
    /(\S+)( HTTP\/1\.1\r\n)((?:[^\r\n]+\r\n)*)/g,
    (whole, target: string, version, fields: string) => {
      const host = /^http:\/\/([^/?#]+)/.exec(target)?.[1] ?? 'localhost';
      return /^host:/im.test(fields) ? whole : `${target}${version}Host: ${host}\r\n${fields}`;
    },
  );
}

/**
 * Codes that refuse nothing: 5, octets stand behind a message that closed (nobody here reads them); 21 to 23, another
 * protocol follows.
 */
const stops: readonly number[] = [5, 21, 22, 23];

function hasStopped({ log }: ParserCase): boolean {
  return log.error !== undefined && stops.includes(log.error.code);
}

/** The log is that of a parser with a lenient flag in some cases: there Node's strict one is asked. */
function isRefusedByLlhttp(each: ParserCase): boolean {
  return each.isLenient ? isRefusedByNode(each) : each.log.error !== undefined && !hasStopped(each);
}

function isRefusedByNode(each: ParserCase): boolean {
  const { fault } = nodeReading(inputOf(each));
  return fault !== undefined && fault !== 'HPE_CLOSED_CONNECTION';
}

function differenceToLog(each: ParserCase, ours: StreamEvents): string | undefined {
  if (each.isLenient) return undefined;
  const logged = each.log.messages.filter((message) => message.isHeadWhole);
  if (logged.length !== ours.messages.length) return `${ours.messages.length} of ${logged.length} messages`;
  for (const [index, message] of logged.entries()) {
    const other = ours.messages[index]!;
    const start = each.kind === 'request' ? [message.method, message.url] : [message.status, other.start[1]];
    const headers = message.headers.flatMap(([name, value]) => [name.slice(0, -1), value.replace(/[ \t]+$/, '')]);
    const isHostAdded = other.rawHeaders.length > headers.length;
    if (start.join(' ') !== other.start.join(' ')) return `${start} and ${other.start}`;
    if (asLatin1(headers.join('\n')) !== other.rawHeaders.slice(isHostAdded ? 2 : 0).join('\n')) return 'headers';
    if (asLatin1(message.body) !== other.body) return 'body';
    // The logs do not hear of the connection's end.
    if (message.isWhole !== (other.end !== undefined) && ours.outcome !== 'closed') return 'whole';
  }
  return undefined;
}

function asLatin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
