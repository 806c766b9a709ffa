import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { createRequire } from 'node:module';
import type { MessageEvent, StreamEvents, StreamInput } from './messageEvents.ts';

/*
 * The oracle: llhttp as it runs inside Node, strict (no lenient flag). `_http_common` is how Node's own server and client
 * get at it; there is no public door.
 */

interface NodeParser {
  initialize(type: number, resource: object, headBytesMax: number, lenientFlags: number): void;
  /** Octets read, fewer than given where an upgrade stopped it; or why it refuses them. */
  execute(bytes: Buffer): number | (Error & { code: string; bytesParsed: number });
  finish(): undefined | (Error & { code: string });
  [callback: number]: unknown;
}

const require = createRequire(import.meta.url);
const common = require('node:_http_common') as {
  HTTPParser: { new (): NodeParser } & Readonly<Record<string, number>>;
};
const { HTTPParser } = common;
const strict = HTTPParser.kLenientNone!;
const headBytesMax = 1 << 20;
/** What Node's callback may answer (llhttp's on_headers_complete): go on; there is no body. */
const goOn = 0;
const noBody = 1;

/** Reads octets with Node's parser. `cuts` as in `ourReading`: it is told of the octets in these pieces. */
export function nodeReading(input: StreamInput, cuts: readonly number[] = []): StreamEvents {
  const messages: MessageEvent[] = [];
  let open: MessageEvent | undefined;
  let end = 0;
  let isOver = false;
  let gathered: string[] = [];
  let target = '';

  parser[HTTPParser.kOnMessageBegin!] = () => {
    gathered = [];
    target = '';
  };
  // Called for every 32 lines of a long head, and for trailers.
  parser[HTTPParser.kOnHeaders!] = (rawHeaders: string[], url: string) => {
    if (open !== undefined) return;
    gathered.push(...rawHeaders);
    target += url;
  };
  parser[HTTPParser.kOnHeadersComplete!] = (
    ...[major, minor, rawHeaders, method, url, status, reason, isUpgrade, isKeptAlive]: HeadArguments
  ) => {
    const isRequest = input.kind === 'request';
    open = {
      start: isRequest ? [methodOf(method), target + (url ?? '')] : [String(status), reason],
      version: `${major}.${minor}`,
      rawHeaders: [...gathered, ...(rawHeaders ?? [])],
      body: '',
      isKeptAlive,
      isUpgrade,
      end: undefined,
    };
    messages.push(open);
    // As Node's client does: RFC 9112 section 6.3, first rule.
    return !isRequest && (input.isHead || (status >= 100 && status < 200)) ? noBody : goOn;
  };
  parser[HTTPParser.kOnBody!] = (bytes: Buffer) => {
    open!.body += bytes.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete!] = () => {
    // The call that ends a message ends with it: `cuts` hold its end, or the two readings differ.
    open!.end = end;
    const isLeft = input.kind === 'response' && open!.start[0] === '101';
    // Asked before it knows that an answer to HEAD has no body, it takes every one without framing for the last.
    isOver = isLeft || (!open!.isKeptAlive && !input.isHead);
    open = undefined;
  };

  parser.initialize(
    input.kind === 'request' ? HTTPParser.REQUEST! : HTTPParser.RESPONSE!,
    resource,
    headBytesMax,
    strict,
  );
  let fault: string | undefined;
  let at = 0;
  for (const cut of [...cuts, input.bytes.length]) {
    end = cut;
    while (at < cut && fault === undefined && !isOver) {
      const before = messages.length;
      const read = parser.execute(input.bytes.subarray(at, cut));
      if (typeof read !== 'number') {
        fault = read.code;
        isOver = fault === 'HPE_CLOSED_CONNECTION';
      } else if (read <= cut - at && (read > 0 || messages.length > before)) at += read;
      // Node keeps an error behind an upgrade to itself, and the parser stands still.
      else fault = 'HPE_UNSAID';
      if (fault === undefined && at < cut && open !== undefined) fault = 'HPE_UNSAID';
    }
  }
  if (fault === undefined && !isOver && open !== undefined) {
    const unfinished = open as MessageEvent;
    end = at;
    if (parser.finish() === undefined && open === undefined) assert.equal(unfinished.isKeptAlive, false);
  }
  return { messages, outcome: outcomeOf(messages, fault, isOver), fault };
}

type HeadArguments = [
  major: number,
  minor: number,
  rawHeaders: string[] | undefined,
  method: number,
  url: string | undefined,
  status: number,
  reason: string,
  isUpgrade: boolean,
  isKeptAlive: boolean,
];

const resource = {};
const parser = new HTTPParser();
/** Node's parser tells a method by a number of its own; asked once for each. */
const methodNames = new Map<number, string>();

function methodOf(number: number): string {
  if (methodNames.size === 0) {
    const asked = new HTTPParser();
    for (const name of METHODS) {
      asked.initialize(HTTPParser.REQUEST!, resource, headBytesMax, strict);
      asked[HTTPParser.kOnHeadersComplete!] = (...[, , , method]: HeadArguments) => void methodNames.set(method, name);
      asked.execute(Buffer.from(`${name} ${name === 'CONNECT' ? 'a:1' : '/'} HTTP/1.1\r\n\r\n`));
    }
  }
  return methodNames.get(number)!;
}

function outcomeOf(
  messages: readonly MessageEvent[],
  fault: string | undefined,
  isOver: boolean,
): StreamEvents['outcome'] {
  const last = messages.at(-1);
  if (isOver) return last!.isUpgrade && last!.start[0] === '101' ? 'left' : 'closed';
  return fault === undefined ? 'waiting' : 'refused';
}
