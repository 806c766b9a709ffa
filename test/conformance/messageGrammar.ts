import { methods } from '../../src/http/methods.ts';
import type { Random } from '../../src/kernel/random.ts';
import type { MessageKind } from './messageEvents.ts';
import * as spellings from './spellings.ts';

/** What a piece of a message is, so that a mutation can put something fitting, or nearly fitting, in its place. */
export type Role =
  | 'method'
  | 'target'
  | 'version'
  | 'status'
  | 'reason'
  | 'space'
  | 'line-end'
  | 'name'
  | 'colon'
  | 'blank'
  | 'value'
  | 'host'
  | 'connection'
  | 'expectation'
  | 'upgrade'
  | 'content-length-name'
  | 'content-length'
  | 'transfer-encoding-name'
  | 'transfer-encoding'
  | 'head-end'
  | 'chunk-size'
  | 'chunk-extension'
  | 'octets';

export interface Piece {
  readonly role: Role;
  /** latin1. */
  readonly text: string;
}

export interface Draft {
  readonly kind: MessageKind;
  readonly isHead: boolean;
  readonly pieces: Piece[];
}

/** One to three valid messages, one behind another. Both readers must take them. */
export function validDraft(random: Random): Draft {
  const kind = random.next() < 0.55 ? 'request' : 'response';
  const writer = new DraftWriter(random, kind, kind === 'response' && random.next() < 0.15);
  const messages = random.next() < 0.6 ? 1 : 1 + whole(random, 3);
  for (let left = messages; left > 0; left--) writer.message();
  return writer.draft();
}

export function whole(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, items.length)]!;
}

const methodsToUse = methods.filter((method) => method !== 'CONNECT');
const bodies = [
  'abc',
  'a',
  'hello',
  '0\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: site.example\r\n\r\n',
  '\0\r\n\xff',
  '0123456789abcdef',
];
const rolesOfNames: Readonly<Record<string, Role>> = {
  Host: 'host',
  Connection: 'connection',
  Expect: 'expectation',
  Upgrade: 'upgrade',
};

class DraftWriter {
  readonly #random: Random;
  readonly #kind: MessageKind;
  readonly #isHead: boolean;
  readonly #pieces: Piece[] = [];

  constructor(random: Random, kind: MessageKind, isHead: boolean) {
    this.#random = random;
    this.#kind = kind;
    this.#isHead = isHead;
  }

  draft(): Draft {
    return { kind: this.#kind, isHead: this.#isHead, pieces: this.#pieces };
  }

  message(): void {
    const isOld = this.#random.next() < 0.1;
    const target = pick(this.#random, spellings.targets);
    const status =
      this.#kind === 'request' ? '' : pick(this.#random, ['200', '200', '404', '100', '103', '204', '304', '500']);
    if (this.#kind === 'request') this.#requestLine(target, isOld);
    else this.#statusLine(status, isOld);
    if (this.#kind === 'request') {
      const named = target.startsWith('/') ? pick(this.#random, spellings.hosts) : 'site.example';
      if (!isOld || this.#random.next() < 0.5) this.#field('Host', named);
    }
    for (let left = whole(this.#random, 5); left > 0; left--) {
      const [name, value] = pick(this.#random, spellings.otherFields);
      this.#field(name === 'Expect' && this.#kind === 'request' && this.#hasField('Expect') ? 'X-Again' : name, value);
    }
    const framing = this.#framing(status, isOld);
    if (framing === 'length') this.#body();
    else if (framing === 'chunked') this.#chunked(status);
    else this.#put('head-end', '\r\n');
  }

  #framing(status: string, isOld: boolean): 'none' | 'length' | 'chunked' {
    const chance = this.#random.next();
    // Without either, a response lasts until its connection ends.
    if (chance < 0.3 || status.startsWith('1')) return 'none';
    return chance < 0.55 || isOld ? 'length' : 'chunked';
  }

  #requestLine(target: string, isOld: boolean): void {
    if (this.#random.next() < 0.03) this.#put('line-end', '\r\n');
    this.#put(
      'method',
      this.#random.next() < 0.5 ? pick(this.#random, ['GET', 'POST']) : pick(this.#random, methodsToUse),
    );
    this.#put('space', ' ');
    this.#put('target', target);
    this.#put('space', ' ');
    this.#put('version', isOld ? 'HTTP/1.0' : 'HTTP/1.1');
    this.#put('line-end', '\r\n');
  }

  #statusLine(status: string, isOld: boolean): void {
    this.#put('version', isOld ? 'HTTP/1.0' : 'HTTP/1.1');
    this.#put('space', ' ');
    this.#put('status', status);
    this.#put('space', ' ');
    this.#put('reason', pick(this.#random, ['OK', '', 'Not Found', '\x80', 'a\tb']));
    this.#put('line-end', '\r\n');
  }

  #body(): void {
    const octets = pick(this.#random, bodies);
    this.#field('Content-Length', String(octets.length));
    this.#put('head-end', '\r\n');
    if (!this.#isHead && !this.#isBodiless()) this.#put('octets', octets);
  }

  #chunked(status: string): void {
    this.#field('Transfer-Encoding', pick(this.#random, ['chunked', 'chunked', 'Chunked']));
    this.#put('head-end', '\r\n');
    if (this.#isHead || status === '204' || status === '304') return;
    for (let left = whole(this.#random, 3); left > 0; left--) {
      const octets = pick(this.#random, bodies);
      this.#chunk(octets.length.toString(16), octets);
    }
    this.#chunk(pick(this.#random, ['0', '0', '0', '000']), '');
  }

  #chunk(size: string, octets: string): void {
    this.#put('chunk-size', size);
    this.#put('chunk-extension', this.#random.next() < 0.7 ? '' : pick(this.#random, spellings.chunkExtensions));
    this.#put('line-end', '\r\n');
    if (octets !== '') this.#put('octets', octets);
    else if (this.#random.next() < 0.2) this.#field('X-Check', 'abc');
    this.#put('line-end', '\r\n');
  }

  #field(name: string, value: string): void {
    if (name === 'Content-Length') this.#put('content-length-name', name);
    else if (name === 'Transfer-Encoding') this.#put('transfer-encoding-name', name);
    else this.#put('name', this.#random.next() < 0.8 ? name : name.toLowerCase());
    this.#put('colon', ':');
    this.#put('blank', this.#random.next() < 0.8 ? ' ' : pick(this.#random, ['', '\t', '  ']));
    if (name === 'Content-Length') this.#put('content-length', value);
    else if (name === 'Transfer-Encoding') this.#put('transfer-encoding', value);
    else this.#put(rolesOfNames[name] ?? 'value', value);
    // Behind a coding llhttp takes no tab.
    const blanks = name === 'Transfer-Encoding' ? [' ', '  '] : [' ', '\t', ' \t'];
    if (this.#random.next() < 0.1) this.#put('blank', pick(this.#random, blanks));
    this.#put('line-end', '\r\n');
  }

  #put(role: Role, text: string): void {
    this.#pieces.push({ role, text });
  }

  /** The head being written has the field. */
  #hasField(name: string): boolean {
    const head = this.#pieces.slice(this.#pieces.findLastIndex((piece) => piece.role === 'head-end') + 1);
    return head.some((piece) => piece.text.toLowerCase() === name.toLowerCase());
  }

  #isBodiless(): boolean {
    const status = this.#pieces.findLast((piece) => piece.role === 'status')?.text;
    return status === '204' || status === '304';
  }
}
