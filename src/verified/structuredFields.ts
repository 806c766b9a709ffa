import { verifiedLimits } from './limits.ts';

/** A bare item (RFC 8941 section 3.3, RFC 9651 section 3.3). Bytes are base64 as canonical text. */
export type BareItem =
  | { readonly kind: 'integer' | 'decimal' | 'date'; readonly value: number }
  | { readonly kind: 'string' | 'token' | 'bytes' | 'display'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item {
  readonly kind: 'item';
  readonly value: BareItem;
  readonly parameters: Parameters;
}

export interface InnerList {
  readonly kind: 'list';
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

export type Dictionary = ReadonlyMap<string, Item | InnerList>;

/**
 * Reads a dictionary (RFC 9651 section 4.2.2); undefined: it is none, or larger than a message may send. A key that
 * stands twice is refused, though the RFC lets the last one win: readers that differ here would see two signatures.
 */
export function parseDictionary(text: string): Dictionary | undefined {
  return text.length > verifiedLimits.fieldCharsMax ? undefined : new FieldParser(text).dictionary();
}

/** Reads one item (RFC 9651 section 4.2.3). */
export function parseItem(text: string): Item | undefined {
  return text.length > verifiedLimits.fieldCharsMax ? undefined : new FieldParser(text).onlyItem();
}

const keyPattern = /[a-z*][a-z0-9_\-.*]*/y;
const numberPattern = /-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y;
const stringPattern = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
const tokenPattern = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const bytesPattern = /:([A-Za-z0-9+/]*={0,2}):/y;
const datePattern = /@(-?\d{1,15})(?![\d.])/y;
const booleanPattern = /\?([01])/y;
const displayPattern = /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y;

/** Every method gives undefined where the text is not what it reads; nothing is read on then. */
class FieldParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  dictionary(): Dictionary | undefined {
    const members = new Map<string, Item | InnerList>();
    this.#skip(' ');
    while (!this.#isAtEnd) {
      const key = this.#match(keyPattern)?.[0];
      if (key === undefined || members.has(key) || members.size >= verifiedLimits.membersMax) return undefined;
      const member = this.#member();
      if (member === undefined) return undefined;
      members.set(key, member);
      this.#skip(' \t');
      if (this.#isAtEnd) return members;
      if (!this.#take(',')) return undefined;
      this.#skip(' \t');
      // A comma must be followed by a member.
      if (this.#isAtEnd) return undefined;
    }
    return members;
  }

  onlyItem(): Item | undefined {
    this.#skip(' ');
    const item = this.#item();
    this.#skip(' ');
    return this.#isAtEnd ? item : undefined;
  }

  #member(): Item | InnerList | undefined {
    if (this.#take('=')) return this.#text[this.#at] === '(' ? this.#innerList() : this.#item();
    const parameters = this.#parameters();
    return parameters && { kind: 'item', value: { kind: 'boolean', value: true }, parameters };
  }

  #innerList(): InnerList | undefined {
    const items: Item[] = [];
    this.#at += 1;
    for (;;) {
      this.#skip(' ');
      if (this.#take(')')) {
        const parameters = this.#parameters();
        return parameters && { kind: 'list', items, parameters };
      }
      const item = this.#item();
      if (item === undefined || items.length >= verifiedLimits.itemsMax) return undefined;
      items.push(item);
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== ')') return undefined;
    }
  }

  #item(): Item | undefined {
    const value = this.#bareItem();
    const parameters = value && this.#parameters();
    return value && parameters && { kind: 'item', value, parameters };
  }

  #parameters(): Parameters | undefined {
    if (this.#text[this.#at] !== ';') return none;
    const parameters = new Map<string, BareItem>();
    while (this.#take(';')) {
      this.#skip(' ');
      const key = this.#match(keyPattern)?.[0];
      if (key === undefined || parameters.has(key) || parameters.size >= verifiedLimits.parametersMax) return undefined;
      const value: BareItem | undefined = this.#take('=') ? this.#bareItem() : { kind: 'boolean', value: true };
      if (value === undefined) return undefined;
      parameters.set(key, value);
    }
    return parameters;
  }

  #bareItem(): BareItem | undefined {
    switch (this.#text[this.#at]) {
      case '"': {
        const text = this.#match(stringPattern)?.[1];
        return text === undefined ? undefined : { kind: 'string', value: text.replace(/\\(["\\])/g, '$1') };
      }
      case ':': {
        const base64 = this.#match(bytesPattern)?.[1];
        return base64 === undefined ? undefined : canonicalBytes(base64);
      }
      case '?': {
        const bit = this.#match(booleanPattern)?.[1];
        return bit === undefined ? undefined : { kind: 'boolean', value: bit === '1' };
      }
      case '@': {
        const date = this.#match(datePattern)?.[1];
        return date === undefined ? undefined : { kind: 'date', value: Number(date) };
      }
      case '%': {
        const text = this.#match(displayPattern)?.[1];
        return text === undefined ? undefined : displayString(text);
      }
      default: {
        const number = this.#match(numberPattern)?.[0];
        if (number !== undefined) {
          return { kind: number.includes('.') ? 'decimal' : 'integer', value: Number(number) };
        }
        const token = this.#match(tokenPattern)?.[0];
        return token === undefined ? undefined : { kind: 'token', value: token };
      }
    }
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skip(characters: ' ' | ' \t'): void {
    while (!this.#isAtEnd && characters.includes(this.#text[this.#at]!)) this.#at += 1;
  }
}

const none: Parameters = new Map();

/** RFC 9651 section 4.2.7 lets padding be left out; what is compared and signed is one text for one content. */
function canonicalBytes(base64: string): BareItem | undefined {
  const value = Buffer.from(base64, 'base64').toString('base64');
  return value.replace(/=+$/, '') === base64.replace(/=+$/, '') ? { kind: 'bytes', value } : undefined;
}

function displayString(text: string): BareItem | undefined {
  try {
    return { kind: 'display', value: decodeURIComponent(text) };
  } catch {
    return undefined; // Not UTF-8.
  }
}
