import { BodyReader, RequestReader, ResponseReader } from '../../src/http/index.ts';
import type { MessageEvent, StreamEvents, StreamInput } from './messageEvents.ts';

const requestReader = new RequestReader();
const responseReader = new ResponseReader();

/**
 * Reads octets with the readers of `src/http` as a connection does: messages one behind another until one ends the
 * connection. `cuts`, in rising order, are the places where the octets come apart on their way: a head that is not whole
 * is read again from its start with more behind it, a body goes on where it stopped.
 */
export function ourReading(input: StreamInput, cuts: readonly number[] = []): StreamEvents {
  const reading = new Reading(input);
  for (const cut of cuts) reading.arrive(cut);
  return reading.finish();
}

class Reading {
  readonly #input: StreamInput;
  readonly #messages: MessageEvent[] = [];
  #at = 0;
  /** Where the octets that came last begin. */
  #pieceStart = 0;
  #pieceEnd = 0;
  #body: BodyReader | undefined;
  #outcome: StreamEvents['outcome'] = 'waiting';
  #fault: string | undefined;

  constructor(input: StreamInput) {
    this.#input = input;
  }

  /** All octets before `end` are here. */
  arrive(end: number): void {
    this.#pieceStart = this.#pieceEnd;
    this.#pieceEnd = end;
    while (this.#outcome === 'waiting' && (this.#at < end || this.#body?.isDone === true)) {
      if (!(this.#body === undefined ? this.#readHead(end) : this.#readBody(end))) return;
    }
  }

  finish(): StreamEvents {
    this.arrive(this.#input.bytes.length);
    const last = this.#messages.at(-1);
    if (this.#body?.endsWithConnection === true && last !== undefined) {
      last.end = this.#at;
      this.#outcome = 'closed';
    }
    return { messages: this.#messages, outcome: this.#outcome, fault: this.#fault };
  }

  /** Whether there may be more to read. */
  #readHead(end: number): boolean {
    // What is behind `end` has not come: a reader that looks there finds something else than what will come.
    const bytes = this.#input.bytes.subarray(0, end);
    const isRequest = this.#input.kind === 'request';
    const next = isRequest
      ? requestReader.read(bytes, this.#at, end)
      : responseReader.read(bytes, this.#at, end, this.#input.isHead);
    if (next === -1) return this.#refuse(isRequest ? requestReader.fault : responseReader.fault);
    if (next === 0) return false;
    this.#at = next;
    this.#messages.push(isRequest ? requestEvent() : responseEvent());
    this.#body = new BodyReader(isRequest ? requestReader.bodyBytes : responseReader.bodyBytes);
    return true;
  }

  #readBody(end: number): boolean {
    const message = this.#messages.at(-1)!;
    const body = this.#body!;
    // What of a body came before is given away already; a connection holds the newest octets alone.
    const from = this.#pieceStart;
    const piece = this.#input.bytes.subarray(from, end);
    const next = body.read(piece, this.#at - from, end - from, {
      onBytes: (some) => {
        message.body += some.toString('latin1');
      },
    });
    if (next === -1) return this.#refuse(body.fault);
    this.#at = from + next;
    if (!body.isDone) return false;
    message.end = this.#at;
    this.#body = undefined;
    if (this.#input.kind === 'response' && message.start[0] === '101') this.#outcome = 'left';
    else if (!message.isKeptAlive) this.#outcome = 'closed';
    return true;
  }

  #refuse(fault: string): false {
    this.#fault = fault;
    this.#outcome = 'refused';
    return false;
  }
}

function requestEvent(): MessageEvent {
  const { method, target, version, fields, isKeptAlive, upgrade } = requestReader;
  const read = { start: [method, target] as const, version, rawHeaders: fields.raw, isKeptAlive };
  return { ...read, isUpgrade: upgrade !== null, body: '', end: undefined };
}

function responseEvent(): MessageEvent {
  const { status, reason, fields, isKeptAlive } = responseReader;
  const read = { start: [String(status), reason] as const, version: undefined, rawHeaders: fields.raw, isKeptAlive };
  return { ...read, isUpgrade: status === 101, body: '', end: undefined };
}
