/*
 * A second JSON reader for the oracle, written from RFC 8259 alone: objects become lists of pairs, so that a repeated key
 * is seen; depth and number of values come out too. Slow and simple on purpose.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonPairs;

export class JsonPairs {
  readonly pairs: readonly (readonly [string, Json])[];

  constructor(pairs: readonly (readonly [string, Json])[]) {
    this.pairs = pairs;
  }

  get(key: string): Json | undefined {
    return this.pairs.find(([name]) => name === key)?.[1];
  }

  /** Exactly these keys, each once. */
  hasExactly(...keys: readonly string[]): boolean {
    return this.pairs.length === keys.length && keys.every((key) => this.get(key) !== undefined);
  }

  /** All of the one list, each once, and otherwise only of the other. */
  hasWithin(required: readonly string[], optional: readonly string[]): boolean {
    const others = this.pairs.filter(([name]) => !required.includes(name));
    return (
      this.#hasKeysOnce(required) &&
      others.length === this.pairs.length - required.length &&
      others.every(([name]) => optional.includes(name))
    );
  }

  #hasKeysOnce(keys: readonly string[]): boolean {
    return keys.every((key) => this.pairs.filter(([name]) => name === key).length === 1);
  }
}

export interface StrictJson {
  readonly value: Json;
  readonly depth: number;
  readonly repeatedKey: boolean;
}

/** Undefined when it is not JSON or nested deeper than any rule allows. */
export function readStrictJson(text: string): StrictJson | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.whole();
    return { value, depth: reader.deepest, repeatedKey: reader.repeatedKey };
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const string = /"((?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"/y;
const space = /[ \t\n\r]*/y;
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  deepest = 0;
  repeatedKey = false;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at !== this.#text.length) throw new NotJson();
    return value;
  }

  #value(): Json {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    if (char === '"') return this.#string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return Number(this.#match(number)[0]);
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > 100) throw new NotJson();
    this.deepest = Math.max(this.deepest, this.#depth);
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JsonPairs {
    const pairs: [string, Json][] = [];
    const seen = new Set<string>();
    if (this.#takes('}')) return new JsonPairs(pairs);
    do {
      this.#space();
      const key = this.#string();
      if (seen.has(key)) this.repeatedKey = true;
      seen.add(key);
      this.#expect(':');
      pairs.push([key, this.#value()]);
    } while (this.#takes(','));
    this.#expect('}');
    return new JsonPairs(pairs);
  }

  #array(): Json[] {
    const items: Json[] = [];
    if (this.#takes(']')) return items;
    do items.push(this.#value());
    while (this.#takes(','));
    this.#expect(']');
    return items;
  }

  #string(): string {
    const [, raw] = this.#match(string);
    return raw!.replace(/\\(u(....)|.)/g, (_, kind: string, hex?: string) =>
      hex === undefined ? (escapes[kind] ?? kind) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw new NotJson();
    this.#at = pattern.lastIndex;
    return match;
  }

  #space(): void {
    this.#match(space);
  }

  #takes(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #expect(char: string): void {
    if (!this.#takes(char)) throw new NotJson();
  }
}
