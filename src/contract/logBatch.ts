import { assert } from '../kernel/assert.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { type AbsentReason, absentReasons } from './botVerdict.ts';
import type { KindVersions } from './bundleKind.ts';

/*
 * The request log on its way from a worker to the factory: packed batches, because a JSON record of 60 features costs
 * 10 µs and a packed one a third of one. All numbers little-endian.
 *
 *   frame   u32 length, batch
 *   batch   u32 magic, u32 header length, header (JSON: LogBatchHeader), u32 dropped, u32 records, record …
 *   record  u32 length of what follows, f64 atMs, f32 durationMs, u16 status, u8 score (0: absent), u8 absent reason
 *           (index; 255: none), u8 source, u8 action, u16 unknowns, u16 vector length, u32 ASN (0: unknown), u48 header
 *           order (0: none), u8 shadow score (0: none), 14 lengths (u16 each), as many texts, vector (f32 each), u8 number of
 *           columns of modules, column …
 *   column  u8 length, name, u8 kind (0: number, 1: text), f64 or u16 length and text
 */

/** What all records of a batch share: a batch belongs to one set of versions. */
export interface LogBatchHeader {
  readonly edge: string;
  readonly worker: number;
  readonly versions: KindVersions;
  /** In the vector's order. */
  readonly featureNames: readonly string[];
}

/** One request. Texts are cut at `logLimits.textBytesMax`. */
export interface LogRecord {
  /** When the request's head was complete, milliseconds since 1970. */
  readonly atMs: number;
  readonly site: string;
  readonly method: string;
  readonly host: string;
  readonly target: string;
  /** What the visitor was answered; 499 when it left before. */
  readonly status: number;
  /** null: absent, for `absentReason`; then there is no source, heuristic or vector either. */
  readonly score: number | null;
  readonly absentReason: AbsentReason | null;
  /** What the shadow model would have scored; null: there is none, or it failed. Nothing acted on it. */
  readonly shadowScore: number | null;
  readonly source: 'heuristics' | 'model' | null;
  readonly heuristics: readonly string[];
  /** NaN is missing. */
  readonly vector: Float32Array | null;
  readonly action: 'pass' | 'allow' | 'block';
  /** null: no rule ended the request. */
  readonly rule: string | null;
  /** `log` rules that fired. */
  readonly logged: readonly string[];
  /** Rules that fired and did nothing: dry runs, and blocks while `action:block` is killed. */
  readonly dry: readonly string[];
  /** Rules that could not be decided because what they read is absent. */
  readonly unknowns: number;
  readonly clientAddress: string;
  readonly userAgent: string;
  /** How the connection was opened; empty in the clear, and where TLS ends before this edge. */
  readonly ja4: string;
  /** Fingerprint of the HTTP/2 connection; empty for HTTP/1. */
  readonly http2: string;
  /** `headerOrder` of the head, below 2⁴⁸; 0 where nobody computed it: there is no score. */
  readonly headerOrder: number;
  /** ISO 3166 code of the client's network; empty when it is not known. */
  readonly country: string;
  /** Number of the autonomous system of the client's network; 0 when it is not known. */
  readonly asn: number;
  /** Name of the operator whose bot this is proven to be; empty for everybody else. */
  readonly operator: string;
  /** From the head's end to the answer's end. */
  readonly durationMs: number;
  /** What modules say in the columns that they declare; those that say nothing are left out. */
  readonly columns?: LogColumns;
}

export type LogColumns = Readonly<Record<string, string | number>>;

export interface LogBatch extends LogBatchHeader {
  /** Records that the worker dropped since the batch before. */
  readonly dropped: number;
  readonly records: readonly LogRecord[];
}

export const logLimits = {
  /** A batch is sent when it has so much, or after `batchMs`. */
  batchBytes: 64 << 10,
  batchMs: 200,
  /** Of one text in a record: long targets are attacks or mistakes, and their beginning says which. */
  textBytesMax: 1_024,
  /** What a receiver accepts as one frame; twice the batch and a full header. */
  frameBytesMax: 256 << 10,
} as const;

/** HFL5: 4 had no columns of modules, 3 no shadow score, 2 neither fingerprints nor networks. A batch of another version is refused whole and counted. */
const magic = 0x354c4648;
const fixedBytes = 8 + 4 + 2 + 1 + 1 + 1 + 1 + 2 + 2 + 4 + 6 + 1;
const textCount = 14;
const noReason = 255;
/** Of all modules together in one record; more is our own mistake. */
const columnsMax = 64;
const columnNameCharsMax = 64;
const sources = ['heuristics', 'model'] as const;
const actions = ['pass', 'allow', 'block'] as const;

/** The memory of a batch: a full one, its header and the longest record. */
const bufferBytes = 96 << 10;
/** Shorter frames are copied: those that wait must not hold much more memory than they have bytes. */
const ownBufferBytesMin = 32 << 10;
const spareBuffersMax = 4;

/**
 * Packs records into buffers that are used again and again. `begin`, `add` until it says false, `take`, and `giveBack` when
 * the frame was sent. Texts that came from the wire are Latin-1 in memory, so writing them as such gives back the visitor's
 * own bytes.
 */
export class LogBatchWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(bufferBytes);
  readonly #spare: Buffer[] = [];
  #at = 0;
  #countAt = 0;
  #records = 0;
  /** As JSON, the header that came last: a batch begins every few dozen requests, and a set stays for hours. */
  #header: LogBatchHeader | undefined;
  #headerText = '';
  /** The vector of the record that is being added, as numbers and as bytes. */
  #vector = new Float32Array(0);
  #vectorBytes = new Uint8Array(0);

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#at;
  }

  /** Starts a batch; `dropped` records were lost since the one before. */
  begin(header: LogBatchHeader, dropped: number): void {
    const buffer = this.#buffer;
    if (header !== this.#header) {
      this.#header = header;
      this.#headerText = JSON.stringify(header);
    }
    const headerBytes = buffer.write(this.#headerText, 12, 'utf8');
    buffer.writeUInt32LE(magic, 4);
    buffer.writeUInt32LE(headerBytes, 8);
    buffer.writeUInt32LE(Math.min(dropped, 0xffff_ffff), 12 + headerBytes);
    this.#countAt = 16 + headerBytes;
    this.#at = this.#countAt + 4;
    this.#records = 0;
  }

  /** false: the batch is full; take it, begin another and add again. */
  add(record: LogRecord): boolean {
    const { absentReason, source, vector } = record;
    const vectorLength = vector === null ? 0 : vector.length;
    const { columns } = record;
    const columnCount = columns === undefined ? 0 : Object.keys(columns).length;
    const columnBytesMax = 1 + columnCount * (4 + columnNameCharsMax + logLimits.textBytesMax);
    const bytesMax = 4 + fixedBytes + textCount * (2 + logLimits.textBytesMax) + vectorLength * 4 + columnBytesMax;
    if (this.#at + bytesMax > this.#buffer.length) return false;
    const buffer = this.#buffer;
    const start = this.#at;
    let at = start + 4;
    at = buffer.writeDoubleLE(record.atMs, at);
    at = buffer.writeFloatLE(record.durationMs, at);
    at = buffer.writeUInt16LE(record.status & 0xffff, at);
    buffer[at++] = record.score ?? 0;
    buffer[at++] = absentReason === null ? noReason : absentReasons.indexOf(absentReason);
    buffer[at++] = source === null ? noReason : sources.indexOf(source);
    buffer[at++] = actions.indexOf(record.action);
    at = buffer.writeUInt16LE(Math.min(record.unknowns, 0xffff), at);
    at = buffer.writeUInt16LE(vectorLength, at);
    at = buffer.writeUInt32LE(record.asn, at);
    at = buffer.writeUIntLE(record.headerOrder, at, 6);
    buffer[at++] = record.shadowScore ?? 0;
    at = writeTexts(buffer, at, record);
    if (vector !== null) {
      if (this.#vector.length !== vectorLength) {
        this.#vector = new Float32Array(vectorLength);
        this.#vectorBytes = new Uint8Array(this.#vector.buffer);
      }
      // The runtime's platforms are little-endian, and so is the format. A view of each vector's bytes would cost more than both copies.
      this.#vector.set(vector);
      buffer.set(this.#vectorBytes, at);
      at += vectorLength * 4;
    }
    buffer[at++] = columnCount;
    if (columns !== undefined) at = writeColumns(buffer, at, columns);
    buffer.writeUInt32LE(at - start - 4, start);
    this.#at = at;
    this.#records += 1;
    return true;
  }

  /** The finished frame, the caller's until it is given back; undefined when there is no record in it. */
  take(): Uint8Array | undefined {
    if (this.#records === 0) return undefined;
    this.#buffer.writeUInt32LE(this.#at - 4, 0);
    this.#buffer.writeUInt32LE(this.#records, this.#countAt);
    const filled = this.#buffer.subarray(0, this.#at);
    const isShort = filled.length < ownBufferBytesMin;
    const frame = isShort ? Buffer.from(filled) : filled;
    if (!isShort) this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
    this.#records = 0;
    this.#at = 0;
    return frame;
  }

  /** Nobody reads the frame any more. */
  giveBack({ buffer }: Uint8Array): void {
    const isSpare = buffer.byteLength === bufferBytes && this.#spare.length < spareBuffersMax;
    if (isSpare) this.#spare.push(Buffer.from(buffer));
  }
}

/** The lengths and then all texts in one write: one for each cost four times as much. The octet behind the last one. */
function writeTexts(buffer: Buffer, start: number, record: LogRecord): number {
  const site = utf8Octets(record.site);
  const method = bounded(record.method);
  const host = bounded(record.host);
  const target = bounded(record.target);
  const rule = record.rule === null ? '' : utf8Octets(record.rule);
  const logged = joined(record.logged);
  const dry = joined(record.dry);
  const heuristics = joined(record.heuristics);
  const client = bounded(record.clientAddress);
  const userAgent = bounded(record.userAgent);
  const { ja4, country, operator } = record;
  const http2 = bounded(record.http2);
  let at = writeLength(buffer, start, site);
  at = writeLength(buffer, at, method);
  at = writeLength(buffer, at, host);
  at = writeLength(buffer, at, target);
  at = writeLength(buffer, at, rule);
  at = writeLength(buffer, at, logged);
  at = writeLength(buffer, at, dry);
  at = writeLength(buffer, at, heuristics);
  at = writeLength(buffer, at, client);
  at = writeLength(buffer, at, userAgent);
  at = writeLength(buffer, at, ja4);
  at = writeLength(buffer, at, http2);
  at = writeLength(buffer, at, country);
  at = writeLength(buffer, at, operator);
  const judged = site + method + host + target + rule + logged + dry + heuristics + client + userAgent;
  const all = judged + ja4 + http2 + country + operator;
  return at + buffer.write(all, at, all.length, 'latin1');
}

/** Few records have any. */
function writeColumns(buffer: Buffer, start: number, columns: LogColumns): number {
  let at = start;
  const entries = Object.entries(columns);
  assert(entries.length <= columnsMax, 'modules declare fewer columns');
  for (const [name, value] of entries) {
    assert(name.length <= columnNameCharsMax, 'names of columns are short');
    buffer[at++] = name.length;
    at += buffer.write(name, at, 'latin1');
    buffer[at++] = typeof value === 'number' ? 0 : 1;
    if (typeof value === 'number') at = buffer.writeDoubleLE(value, at);
    else {
      const octets = octetsOf(value);
      at = writeLength(buffer, at, octets);
      at += buffer.write(octets, at, 'latin1');
    }
  }
  return at;
}

/** A text is far below 64 KiB. Gives where the next length goes. */
function writeLength(buffer: Buffer, at: number, { length }: string): number {
  buffer[at] = length & 0xff;
  buffer[at + 1] = length >>> 8;
  return at + 2;
}

function bounded(text: string): string {
  return text.length <= logLimits.textBytesMax ? text : text.slice(0, logLimits.textBytesMax);
}

/** A list as one text; names never hold a line feed. */
function joined(texts: readonly string[]): string {
  if (texts.length <= 1) return texts.length === 0 ? '' : utf8Octets(texts[0]!);
  return octetsOf(texts.join('\n'));
}

/** Names of sites and rules, which are the same few strings for every request. */
const namesMax = 1_024;
const octetsOfNames = new Map<string, string>();

/** The octets of a name in UTF-8, one character each, cut between two of its characters. */
function utf8Octets(name: string): string {
  const known = octetsOfNames.get(name);
  if (known !== undefined) return known;
  if (octetsOfNames.size >= namesMax) octetsOfNames.clear();
  const octets = octetsOf(name);
  octetsOfNames.set(name, octets);
  return octets;
}

function octetsOf(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return bounded(text);
  const octets = Buffer.alloc(logLimits.textBytesMax);
  return octets.toString('latin1', 0, octets.write(text, 'utf8'));
}

/** Reads one batch (a frame without its length). The error says what is wrong with it; nothing of it is used then. */
export function decodeLogBatch(bytes: Uint8Array): Result<LogBatch, string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (buffer.readUInt32LE(0) !== magic) return err('this is no log batch of this version');
    const headerBytes = buffer.readUInt32LE(4);
    const recordsAt = 8 + headerBytes + 8;
    if (recordsAt > buffer.length) return err('the header is longer than the batch');
    const header = JSON.parse(buffer.toString('utf8', 8, 8 + headerBytes)) as LogBatchHeader;
    const dropped = buffer.readUInt32LE(8 + headerBytes);
    const count = buffer.readUInt32LE(recordsAt - 4);
    if (count > buffer.length / fixedBytes) return err('there are fewer records than the batch says');
    const records: LogRecord[] = [];
    let at = recordsAt;
    for (let index = 0; index < count; index++) {
      const end = at + 4 + buffer.readUInt32LE(at);
      if (end > buffer.length) return err(`record ${index} is longer than the batch`);
      records.push(decodeRecord(buffer.subarray(at + 4, end)));
      at = end;
    }
    return at === buffer.length ? ok({ ...header, dropped, records }) : err('there are bytes behind the last record');
  } catch (error) {
    return err(`the batch is damaged: ${String(error)}`);
  }
}

/** Throws a RangeError where the bytes end too early. */
function decodeRecord(buffer: Buffer): LogRecord {
  const vectorLength = buffer.readUInt16LE(20);
  const texts: string[] = [];
  let at = fixedBytes + textCount * 2;
  for (let index = 0; index < textCount; index++) {
    const bytes = buffer.readUInt16LE(fixedBytes + index * 2);
    if (at + bytes > buffer.length) throw new RangeError('a text is longer than its record');
    texts.push(buffer.toString('utf8', at, at + bytes));
    at += bytes;
  }
  const vector = new Float32Array(vectorLength);
  for (let index = 0; index < vectorLength; index++) vector[index] = buffer.readFloatLE(at + index * 4);
  const columns = readColumns(buffer, at + vectorLength * 4);
  const [site, method, host, target, rule, logged, dry, heuristics, clientAddress, userAgent, ...rest] = texts as [
    ...[string, string, string, string, string, string, string, string, string, string],
    ...[string, string, string, string],
  ];
  const [ja4, http2, country, operator] = rest;
  const score = buffer.readUInt8(14);
  const reason = buffer.readUInt8(15);
  const shadowScore = buffer.readUInt8(32);
  const source = buffer.readUInt8(16);
  return {
    atMs: buffer.readDoubleLE(0),
    site,
    method,
    host,
    target,
    status: buffer.readUInt16LE(12),
    score: score === 0 ? null : score,
    absentReason: reason === noReason ? null : oneOf(absentReasons, reason),
    shadowScore: shadowScore === 0 ? null : shadowScore,
    source: source === noReason ? null : oneOf(sources, source),
    heuristics: listOf(heuristics),
    vector: score === 0 ? null : vector,
    action: oneOf(actions, buffer.readUInt8(17)),
    rule: rule === '' ? null : rule,
    logged: listOf(logged),
    dry: listOf(dry),
    unknowns: buffer.readUInt16LE(18),
    clientAddress,
    userAgent,
    ja4,
    http2,
    headerOrder: buffer.readUIntLE(26, 6),
    country,
    asn: buffer.readUInt32LE(22),
    operator,
    durationMs: buffer.readFloatLE(8),
    ...(columns !== undefined && { columns }),
  };
}

/** Throws a RangeError where the bytes end too early or go on. */
function readColumns(buffer: Buffer, start: number): LogColumns | undefined {
  const count = buffer.readUInt8(start);
  if (count > columnsMax) throw new RangeError('there are more columns than a record has');
  let at = start + 1;
  const columns: Record<string, string | number> = Object.create(null);
  for (let index = 0; index < count; index++) {
    const nameEnd = at + 1 + buffer.readUInt8(at);
    const name = buffer.toString('latin1', at + 1, nameEnd);
    const isNumber = buffer.readUInt8(nameEnd) === 0;
    at = nameEnd + 1;
    const bytes = isNumber ? 8 : 2 + buffer.readUInt16LE(at);
    if (at + bytes > buffer.length) throw new RangeError('a column is longer than its record');
    columns[name] = isNumber ? buffer.readDoubleLE(at) : buffer.toString('utf8', at + 2, at + bytes);
    at += bytes;
  }
  if (at !== buffer.length) throw new RangeError('there are bytes behind the last column');
  return count === 0 ? undefined : columns;
}

function oneOf<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`${index} is no place in a list of ${list.length}`);
  return value;
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}
