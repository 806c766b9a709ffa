import { fieldNumberOf, findSentFieldName, type SentFieldName } from './fieldNames.ts';
import { headLimits } from './limits.ts';
import type { MessageFault } from './messageFaults.ts';
import { areValueOctets, carriageReturn, colon, isTokenOctet, isValueOctet, lineFeed, space, tab } from './octets.ts';
import { RepeatedValues } from './repeatedValues.ts';

/** The field lines of a message in their order and case. */
export interface FieldLines {
  /** Name, value, name, value … as sent, values without the white space around them. */
  readonly raw: string[];
  /** One number per line: that of its name (`fieldNames.ts`). */
  readonly numbers: number[];
}

const nothing = new Uint8Array(0);
/** All scanners of a process see the same values. */
const repeatedValues = new RepeatedValues();

/**
 * Reads field lines (RFC 9112 section 5) up to and with the empty line that ends them. It keeps what it found last and
 * nothing else, so one scanner serves any number of connections.
 */
export class FieldScanner {
  /** Set when `scan` returns -1. */
  fault: MessageFault = 'line-end-invalid';
  #lines = 0;
  readonly #linesMax: number;
  /** Per line: where its name begins and ends, where its value begins and ends. */
  readonly #marks: Int32Array;
  readonly #names: (SentFieldName | undefined)[];
  /** What was scanned last, and a view of the same octets that reads four at a time. Heads nearly always arrive in the same memory. */
  #bytes: Uint8Array = nothing;
  #view: DataView = new DataView(nothing.buffer);

  constructor(linesMax: number = headLimits.headersMax) {
    this.#linesMax = linesMax;
    this.#marks = new Int32Array(linesMax * 4);
    this.#names = new Array(linesMax).fill(undefined);
  }

  /** Where the octet behind the empty line is; 0: the lines do not end before `end`; -1: refused, see `fault`. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const marks = this.#marks;
    const view = this.#viewOf(bytes);
    const wordsEnd = Math.min(end, view.byteLength - 3);
    let lines = 0;
    let at = start;
    while (at < end) {
      let octet = bytes[at]!;
      if (octet === carriageReturn) {
        if (at + 1 >= end) return 0;
        this.#lines = lines;
        return bytes[at + 1] === lineFeed ? at + 2 : this.#refuse('line-end-invalid');
      }
      const nameStart = at;
      while (isTokenOctet[octet] === 1) {
        if (++at >= end) return 0;
        octet = bytes[at]!;
      }
      if (octet !== colon || at === nameStart) return this.#refuse(faultInName(octet, at === nameStart));
      const nameEnd = at;
      do {
        if (++at >= end) return 0;
        octet = bytes[at]!;
      } while (octet === space || octet === tab);
      const valueStart = at;
      while (at < wordsEnd && areValueOctets(view.getInt32(at, true))) at += 4;
      if (at >= end) return 0;
      octet = bytes[at]!;
      while (isValueOctet[octet] === 1) {
        if (++at >= end) return 0;
        octet = bytes[at]!;
      }
      if (octet !== carriageReturn)
        return this.#refuse(octet === lineFeed ? 'line-end-invalid' : 'field-value-invalid');
      if (at + 1 >= end) return 0;
      if (bytes[at + 1] !== lineFeed) return this.#refuse('line-end-invalid');
      if (lines >= this.#linesMax) return this.#refuse('headers-too-many');
      const mark = lines * 4;
      marks[mark] = nameStart;
      marks[mark + 1] = nameEnd;
      marks[mark + 2] = valueStart;
      marks[mark + 3] = valueStart === at ? at : endOfValue(bytes, valueStart, at);
      this.#names[lines] = findSentFieldName(bytes, view, nameStart, nameEnd);
      lines += 1;
      at += 2;
    }
    return 0;
  }

  /** The lines of the last scan that found their end. `text` is the same octets as latin1, its first one at `textStart`. */
  take(text: string, textStart: number): FieldLines {
    const marks = this.#marks;
    const lines = this.#lines;
    const raw: string[] = [];
    const numbers: number[] = [];
    for (let line = 0; line < lines; line++) {
      const mark = line * 4;
      const known = this.#names[line];
      const valueStart = marks[mark + 2]!;
      const valueEnd = marks[mark + 3]!;
      const value = text.substring(valueStart - textStart, valueEnd - textStart);
      if (known === undefined) {
        const name = text.substring(marks[mark]! - textStart, marks[mark + 1]! - textStart);
        raw.push(name, value);
        numbers.push(fieldNumberOf(name));
      } else {
        raw.push(known.text, repeatedValues.share(known.number, value, this.#view, valueStart, valueEnd));
        numbers.push(known.number);
      }
    }
    return { raw, numbers };
  }

  /** Whether a tab stands behind the value of a line of the last scan; `bytes` are those that were scanned. */
  hasTabBehind(bytes: Uint8Array, line: number): boolean {
    for (let at = this.#marks[line * 4 + 3]!; bytes[at] !== carriageReturn; at++) {
      if (bytes[at] === tab) return true;
    }
    return false;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  #refuse(fault: MessageFault): -1 {
    this.fault = fault;
    return -1;
  }
}

function faultInName(octet: number, isFirst: boolean): MessageFault {
  if (octet === lineFeed || octet === carriageReturn) return 'line-end-invalid';
  return isFirst && (octet === space || octet === tab) ? 'field-folded' : 'field-name-invalid';
}

function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && (bytes[last - 1] === space || bytes[last - 1] === tab)) last -= 1;
  return last;
}
