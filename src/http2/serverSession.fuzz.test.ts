import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Talk, talk } from '../../test/http2/talk.ts';
import {
  data,
  type Field,
  flag,
  frame,
  frameType,
  headerBlock,
  headers,
  preface,
  quad,
  reset,
} from '../../test/smuggling/rawHttp2.ts';
import { type Random, seededRandom } from '../kernel/random.ts';

/*
 * Connections by chance: frames in any order, and the same with octets changed. Nothing throws, what happens does not
 * depend on how the bytes arrive, and no window is overdrawn. The seed of a failure is in its message.
 */

const seed = Number(process.env.SEED ?? 9113);
const rounds = process.env.HOLDFAST_TEST_WHOLE === '1' ? 60_000 : 1_500;
const whole = flag.endHeaders | flag.endStream;

const upTo = (random: Random, max: number) => Math.floor(random.next() * max);
const oneOf = <Value>(random: Random, values: readonly Value[]): Value => values[upTo(random, values.length)]!;

/** What a client with the windows of this model has let the server send. */
class Windows {
  connection = 65_535;
  first = 65_535;
  readonly streams = new Map<number, number>();

  take({ frames }: Talk, from: number): number {
    for (const { type, stream, payload } of frames.slice(from)) {
      if (type !== frameType.data) continue;
      this.connection -= payload.length;
      const left = (this.streams.get(stream) ?? this.first) - payload.length;
      this.streams.set(stream, left);
      assert.ok(payload.length === 0 || (this.connection >= 0 && left >= 0), 'a window is overdrawn');
    }
    return frames.length;
  }
}

/** A client that mostly keeps the rules: the pieces that it sends, and the windows that it opens. */
class Client {
  readonly #random: Random;
  readonly windows = new Windows();
  /** Streams whose requests go on. */
  #uploads: number[] = [];
  #next = 1;

  constructor(random: Random) {
    this.#random = random;
  }

  piece(): Buffer {
    return Buffer.concat(Array.from({ length: 1 + upTo(this.#random, 6) }, () => this.#frame()));
  }

  #frame(): Buffer {
    const random = this.#random;
    const isCareless = upTo(random, 60) === 0;
    const any = oneOf(random, [...this.windows.streams.keys()]) ?? 1;
    const upload = isCareless ? any : oneOf(random, this.#uploads);
    const isEnd = upTo(random, 2) === 0;
    switch (upTo(random, 14)) {
      case 0:
      case 1:
        return this.#open('GET', whole);
      case 2:
      case 3:
        return this.#open('POST', flag.endHeaders);
      case 4:
      case 5:
        if (upload === undefined) return this.#open('GET', whole);
        if (isEnd) this.#end(upload);
        return data(upload, 'x'.repeat(upTo(random, 9) ** 4), isEnd ? flag.endStream : 0);
      case 6: {
        if (upload === undefined) return this.#open('POST', flag.endHeaders);
        const bytes = Buffer.alloc(1 + upTo(random, 500));
        bytes[0] = upTo(random, bytes.length);
        return frame(frameType.data, flag.padded, upload, bytes);
      }
      case 7:
        return this.#widen(0, 1 + upTo(random, 200_000));
      case 8:
        return this.#widen(any, 1 + upTo(random, 100_000));
      case 9:
        return this.#narrow(upTo(random, 3) * 40_000);
      case 10:
        if (!isCareless && upTo(random, 4) > 0) return this.#open('GET', whole);
        this.#end(any);
        return reset(any);
      case 11:
        if (upload === undefined) return this.#open('POST', flag.endHeaders);
        this.#end(upload);
        return headers(upload, [['x', 'y']], whole);
      case 12:
        return frame(upTo(random, 12) + 10, upTo(random, 256), any, Buffer.alloc(upTo(random, 50)));
      default:
        return frame(frameType.ping, 0, 0, Buffer.alloc(8));
    }
  }

  #end(stream: number): void {
    this.#uploads = this.#uploads.filter((other) => other !== stream);
  }

  #open(method: string, flags: number): Buffer {
    const fields: Field[] = [
      [':method', method],
      [':scheme', 'https'],
      [':path', `/${this.#next}`],
      [':authority', 'a'],
    ];
    if (upTo(this.#random, 5) === 0) fields.push(['content-length', String(upTo(this.#random, 4_096))]);
    const stream = this.#next;
    this.#next += 2;
    this.windows.streams.set(stream, this.windows.first);
    if (flags !== whole) this.#uploads.push(stream);
    const block = headerBlock(fields);
    if (upTo(this.#random, 4) > 0) return frame(frameType.headers, flags, stream, block);
    const at = upTo(this.#random, block.length);
    return Buffer.concat([
      frame(frameType.headers, flags & ~flag.endHeaders, stream, block.subarray(0, at)),
      frame(frameType.continuation, flag.endHeaders, stream, block.subarray(at)),
    ]);
  }

  #widen(stream: number, by: number): Buffer {
    if (stream === 0) this.windows.connection += by;
    else this.windows.streams.set(stream, (this.windows.streams.get(stream) ?? 0) + by);
    return frame(frameType.windowUpdate, 0, stream, quad(by));
  }

  #narrow(first: number): Buffer {
    const { streams } = this.windows;
    for (const [stream, left] of streams) streams.set(stream, left + first - this.windows.first);
    this.windows.first = first;
    return frame(frameType.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), quad(first)]));
  }
}

/** Changes, takes out, doubles and moves octets. */
function mutated(bytes: Buffer, random: Random): Buffer {
  let out = Buffer.from(bytes);
  for (let change = upTo(random, 4); change >= 0; change--) {
    const at = upTo(random, out.length);
    const length = upTo(random, 20);
    const kind = upTo(random, 4);
    if (kind === 0) out[at] = upTo(random, 256);
    else if (kind === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else if (kind === 2) out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
    else out = Buffer.concat([out.subarray(0, at), Buffer.from([upTo(random, 256)]), out.subarray(at)]);
    if (out.length === 0) out = Buffer.alloc(1);
  }
  return out;
}

function cutByChance(random: Random): (piece: Buffer) => Buffer[] {
  return (piece) => {
    const reads: Buffer[] = [];
    for (let at = 0; at < piece.length; ) {
      const length = 1 + upTo(random, oneOf(random, [2, 12, 200, 20_000]));
      reads.push(piece.subarray(at, at + length));
      at += length;
    }
    return reads;
  };
}

/** All that a client can see but the sizes of windows, which depend on when a body was taken. */
function seen({ told, frames }: Talk): unknown {
  const lines = frames
    .filter(({ type }) => type !== frameType.windowUpdate)
    .map(({ type, flags, stream, payload }) => `${type} ${flags} ${stream} ${payload.toString('hex').slice(0, 200)}`);
  return [told, lines];
}

test('frames by chance: no window is overdrawn, and how the bytes arrive changes nothing', () => {
  const body = Buffer.from(Uint32Array.from({ length: 30_000 }, (_, index) => index).buffer);
  let answers = 0;
  let broken = 0;
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(seed + round);
    const client = new Client(random);
    const answer = body.subarray(0, oneOf(random, [0, 10, 20_000, 120_000]));
    const isTaken = upTo(random, 4) > 0;
    const pieces = [preface, ...Array.from({ length: upTo(random, 12) }, () => client.piece())];
    const says = `SEED=${seed + round}`;
    try {
      // The windows are those of the end; with all pieces in one turn the server can have used no more.
      const atOnce = talk([Buffer.concat(pieces)], { body: answer, isTaken });
      client.windows.take(atOnce, 0);
      const inPieces = talk([Buffer.concat(pieces)], { body: answer, isTaken, cut: cutByChance(random) });
      assert.deepEqual(seen(inPieces), seen(atOnce));
      talk(pieces, { body: answer, isTaken });
      answers += atOnce.told.filter((line) => line.endsWith('whole')).length;
      broken += atOnce.told.filter((line) => line.startsWith('broken')).length;
    } catch (error) {
      throw new Error(says, { cause: error });
    }
  }
  assert.ok(answers > rounds && broken > rounds / 20, `${answers} answers, ${broken} broken`);
});

test('frames with octets changed: nothing throws, and how the bytes arrive changes nothing', () => {
  const codes = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(seed + round);
    const client = new Client(random);
    const bytes = Buffer.concat(Array.from({ length: 1 + upTo(random, 8) }, () => client.piece()));
    const sent = Buffer.concat([preface, mutated(bytes, random)]);
    try {
      const atOnce = talk([sent]);
      const inPieces = talk([sent], { cut: cutByChance(random) });
      assert.deepEqual(seen(inPieces), seen(atOnce));
      atOnce.send(sent, Buffer.alloc(100, 0xff));
      atOnce.session.close();
      assert.equal(atOnce.session.openStreams, 0);
      for (const line of atOnce.told) if (line.startsWith('broken')) codes.add(line.split(' ')[1]!);
    } catch (error) {
      throw new Error(`SEED=${seed + round}`, { cause: error });
    }
  }
  for (const code of ['1', '5', '6', '9']) assert.ok(codes.has(code), `no connection ended with ${code}`);
});
