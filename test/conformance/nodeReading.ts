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
  execute(bytes: Buffer): number | (Error & { code: string });
  finish(): undefined | (Error & { code: string });
  [callback: number]: unknown;
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

const require = createRequire(import.meta.url);
const { HTTPParser } = require('node:_http_common') as {
  HTTPParser: { new (): NodeParser } & Readonly<Record<string, number>>;
};
const strict = HTTPParser.kLenientNone!;
const headBytesMax = 1 << 20;
/** What Node's callback may answer (llhttp's on_headers_complete): go on; there is no body. */
const goOn = 0;
const noBody = 1;
/** A refusal that Node keeps to itself. */
const unsaid = 'HPE_UNSAID';

const resource = {};
const parser = new HTTPParser();

/** Reads octets with Node's parser. `cuts` as in `ourReading`: it is told of the octets in these pieces. */
export function nodeReading(input: StreamInput, cuts: readonly number[] = []): StreamEvents {
  const reading = new Reading(input);
  for (const cut of cuts) reading.arrive(cut);
  return reading.finish();
}

class Reading {
  readonly #input: StreamInput;
  readonly #messages: MessageEvent[] = [];
  #open: MessageEvent | undefined;
  #at = 0;
  /** Of the octets that the parser is told of. */
  #end = 0;
  #isOver = false;
  #fault: string | undefined;
  /** Lines and target that came before the rest of their head: Node is told of 32 lines at a time. */
  #gathered: string[] = [];
  #target = '';

  constructor(input: StreamInput) {
    this.#input = input;
    parser.initialize(
      input.kind === 'request' ? HTTPParser.REQUEST! : HTTPParser.RESPONSE!,
      resource,
      headBytesMax,
      strict,
    );
    parser[HTTPParser.kOnMessageBegin!] = () => {
      this.#gathered = [];
      this.#target = '';
    };
    parser[HTTPParser.kOnHeaders!] = (rawHeaders: string[], url: string) => {
      // Trailers come this way too.
      if (this.#open !== undefined) return;
      this.#gathered.push(...rawHeaders);
      this.#target += url;
    };
    parser[HTTPParser.kOnHeadersComplete!] = (...head: HeadArguments) => this.#onHead(head);
    parser[HTTPParser.kOnBody!] = (bytes: Buffer) => {
      this.#open!.body += bytes.toString('latin1');
    };
    parser[HTTPParser.kOnMessageComplete!] = () => this.#onEnd();
  }

  arrive(end: number): void {
    this.#end = end;
    while (this.#at < end && this.#fault === undefined && !this.#isOver) this.#execute(end);
  }

  finish(): StreamEvents {
    this.arrive(this.#input.bytes.length);
    if (this.#fault === undefined && !this.#isOver && this.#open !== undefined) parser.finish();
    return { messages: this.#messages, outcome: this.#outcome(), fault: this.#fault };
  }

  #execute(end: number): void {
    const read = parser.execute(this.#input.bytes.subarray(this.#at, end));
    if (typeof read !== 'number') {
      this.#fault = read.code;
      this.#isOver = read.code === 'HPE_CLOSED_CONNECTION';
      return;
    }
    this.#at += read;
    // Behind an upgrade Node hides errors: then the parser stands still, whatever it is given.
    const isStill = read <= 0 || this.#at > end || (this.#at < end && this.#open !== undefined);
    if (isStill || (this.#messages.at(-1)?.isUpgrade === true && hasFailed(this.#input.bytes))) this.#fault = unsaid;
  }

  #onHead([major, minor, rawHeaders, method, url, status, reason, isUpgrade, isKeptAlive]: HeadArguments): number {
    const isRequest = this.#input.kind === 'request';
    this.#open = {
      start: isRequest ? [methodOf(method), this.#target + (url ?? '')] : [String(status), reason],
      version: `${major}.${minor}`,
      rawHeaders: [...this.#gathered, ...(rawHeaders ?? [])],
      body: '',
      isKeptAlive,
      isUpgrade,
      end: undefined,
    };
    this.#messages.push(this.#open);
    // As Node's client does: RFC 9112 section 6.3, first rule.
    return !isRequest && (this.#input.isHead || (status >= 100 && status < 200)) ? noBody : goOn;
  }

  #onEnd(): void {
    const message = this.#open!;
    this.#open = undefined;
    // The piece that ends a message ends with it: `cuts` hold its end, or the two readings differ.
    message.end = this.#end;
    const isLeft = this.#input.kind === 'response' && message.start[0] === '101';
    // Asked before it knows that an answer to HEAD has no body, it takes every one without framing for the last.
    this.#isOver = isLeft || (!message.isKeptAlive && !this.#input.isHead);
  }

  #outcome(): StreamEvents['outcome'] {
    if (!this.#isOver) return this.#fault === undefined ? 'waiting' : 'refused';
    return this.#input.kind === 'response' && this.#messages.at(-1)!.start[0] === '101' ? 'left' : 'closed';
  }
}

/** The parser keeps where it failed, and tells it as a distance from what it is given: none from nothing, if it has not. */
function hasFailed(bytes: Buffer): boolean {
  return parser.execute(bytes.subarray(0, 0)) !== 0;
}

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
