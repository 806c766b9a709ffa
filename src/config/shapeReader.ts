import { unreachable } from '../kernel/assert.ts';
import { hint } from '../kernel/didYouMean.ts';
import {
  type Action,
  type Entries,
  type Here,
  type Keys,
  type List,
  type OneOf,
  orList,
  type RecordShape,
  type Said,
  Scopes,
  type Shape,
  type Text,
} from '../shape/index.ts';
import type { Decoder, Place } from './decoder.ts';
import type { ExpressionReader } from './expressionReader.ts';
import { needsOf } from './needsOf.ts';

/** A value's place, what it is called, and the item of a list that it belongs to. */
interface At {
  readonly place: Place;
  readonly key: string;
  readonly itemPath: string;
  readonly scopes: Scopes;
}

/** What a list's items became, the bad ones undefined, and where they stand. */
export interface ReadList {
  readonly place: Place;
  readonly items: readonly { readonly place: Place; readonly value: unknown }[];
}

/** Asked of a list that was read, also where some of its items are bad: for what is known above the shapes alone. */
export type ListCheck = (list: ReadList) => void;

/** Reads what a person wrote as a shape says, made canonical. Every problem is reported where it stands, and reading goes on. */
export class ShapeReader {
  readonly #decoder: Decoder;
  readonly #expressions: ExpressionReader;
  readonly #here: Here;
  readonly #listChecks: ReadonlyMap<Shape, ListCheck>;

  constructor(decoder: Decoder, expressions: ExpressionReader, here: Here, listChecks: ReadonlyMap<Shape, ListCheck>) {
    this.#decoder = decoder;
    this.#expressions = expressions;
    this.#here = here;
    this.#listChecks = listChecks;
  }

  /** undefined where a problem leaves nothing to return. */
  read<S extends Shape>(shape: S, place: Place, key: string): Said<S> | undefined {
    return this.#read(shape, { place, key, itemPath: place.path, scopes: new Scopes() }) as Said<S> | undefined;
  }

  #read(shape: Shape, at: At): unknown {
    const what = shape.what ?? at.key;
    switch (shape.kind) {
      case 'wholeNumber':
        return this.#decoder.wholeNumber(at.place, what, shape.min, shape.max);
      case 'trueOrFalse':
        return this.#decoder.trueOrFalse(at.place, what);
      case 'oneOf':
        return this.#oneOf(shape, what, at.place);
      case 'text': {
        const written = this.#decoder.text(at.place, what);
        return written === undefined ? undefined : this.#text(shape, written, at);
      }
      case 'expression':
        return this.#expressions.read(this.#decoder, at.place, what);
      case 'list':
        return this.#list(shape, what, at);
      case 'entries':
        return this.#entries(shape, what, at);
      case 'record':
        return this.#record(shape, what, at);
      case 'action':
        return this.#action(shape, what, at);
      case 'either': {
        const isMore = shape.other.kind === 'list' ? this.#decoder.isList(at.place) : this.#decoder.isMapping(at.place);
        return this.#read(isMore ? shape.other : shape.text, at);
      }
      default:
        return unreachable(shape);
    }
  }

  #text(shape: Text, written: string, { place, itemPath, scopes }: At): string | undefined {
    const canonical = shape.read?.(written);
    if (canonical?.ok === false) return this.#decoder.report(place, canonical.error);
    const text = canonical?.value ?? written;
    const fault = shape.check?.(text) ?? shape.checkHere?.(text, this.#here);
    const before = shape.once && scopes.take(shape.once, text, itemPath);
    if (fault !== undefined) return this.#decoder.report(place, fault);
    if (before === undefined) return text;
    this.#decoder.report(place, shape.once!.twice(text, before));
    return shape.once!.isKept ? text : undefined;
  }

  #oneOf({ words }: OneOf, what: string, place: Place): string | number | undefined {
    const said = this.#decoder.scalar(place)?.value;
    const word = words.find((known) => known === said);
    if (word !== undefined) return word;
    const texts = words.filter((known) => typeof known === 'string');
    if (texts.length > 0 && typeof said !== 'string') return this.#decoder.text(place, what) as undefined;
    const advice = typeof said === 'string' ? hint(said, texts) : '';
    return this.#decoder.report(place, `${what} must be ${orList(words)}${advice}`);
  }

  #list(shape: List, what: string, at: At): unknown[] | undefined {
    const places = this.#decoder.list(at.place, what, shape.max);
    if (places === undefined) return undefined;
    if (places.length < shape.min) return this.#decoder.report(at.place, shape.none ?? `${what} is empty`);
    const scopes = at.scopes.open(shape.opens);
    const items = places.map((place) => ({
      place,
      value: this.#read(shape.item, { place, key: shape.each, itemPath: place.path, scopes }),
    }));
    this.#listChecks.get(shape)?.({ place: at.place, items });
    const values = wholeOf(items.map(({ value }) => value));
    const found = values && shape.check?.(values as never);
    return found ? this.#decoder.report(items[found.index]!.place, found.fault) : values;
  }

  #entries(shape: Entries, what: string, at: At): unknown[] | undefined {
    const entries = this.#decoder.entries(at.place, what, shape.max);
    const read = entries?.map(({ name, value: place }) => {
      const itemAt = { place, itemPath: place.path, scopes: at.scopes };
      const under = this.#entryName(shape, name, { ...itemAt, key: shape.under });
      const value = this.#read(shape.keys[shape.value]!, { ...itemAt, key: shape.value });
      return under === undefined || value === undefined ? undefined : { [shape.under]: under, [shape.value]: value };
    });
    return read && wholeOf(read);
  }

  #entryName({ keys, under, nameFault }: Entries, name: string, at: At): string | number | undefined {
    const shape = keys[under]!;
    if (shape.kind === 'text') return this.#text(shape, name, at);
    const number = shape.kind === 'wholeNumber' && String(Number(name)) === name ? Number(name) : Number.NaN;
    const isWithin = shape.kind === 'wholeNumber' && number >= shape.min && number <= shape.max;
    return isWithin && Number.isInteger(number)
      ? number
      : this.#decoder.report(at.place, nameFault ?? `"${name}" cannot stand here`);
  }

  #record(shape: RecordShape, what: string, at: At): object | undefined {
    const { place } = at;
    const scopes = at.scopes.open(shape.opens);
    const record = this.#keys(shape.keys, what, { ...at, scopes });
    if (record === undefined) return undefined;
    const missing = shape.checkKeys?.((key) => this.#decoder.hasKey(place, key));
    if (missing !== undefined) return this.#reportIn(place, missing);
    if (shape.checkHere !== undefined) {
      const misplaced = shape.checkHere(record.values as never);
      if (misplaced !== undefined) this.#reportIn(place, misplaced);
    }
    if (!record.isGood) return undefined;
    const fault = shape.check?.(record.values as never);
    return fault === undefined ? record.values : this.#decoder.report(place, fault);
  }

  /** What the keys say, the bad ones left out; undefined: it is no mapping. */
  #keys(keys: Keys, what: string, { place, itemPath, scopes }: At) {
    const names = Object.keys(keys);
    const places = this.#decoder.mapping(place, needsOf(keys), what);
    if (places === undefined) return undefined;
    const values: Record<string, unknown> = {};
    let isGood = true;
    for (const name of names) {
      const shape = keys[name]!;
      const at = { place: places[name] ?? place, key: name, itemPath, scopes };
      const isUnsaid = places[name] === undefined;
      if (isUnsaid && shape.need === undefined) continue;
      const value = isUnsaid ? this.#default(shape, values, at) : this.#read(shape, at);
      if (value === undefined) isGood = false;
      else values[name] = value;
    }
    return { values, isGood };
  }

  /** What the bundle carries where nothing is said; undefined: something has to be said. */
  #default(shape: Shape, values: Readonly<Record<string, unknown>>, at: At): unknown {
    if (shape.need !== 'filled' || !('default' in shape)) return undefined;
    if (typeof shape.default !== 'function') return shape.default;
    const text = shape.default(values);
    return text === undefined || shape.kind !== 'text' ? undefined : this.#text(shape, text, at);
  }

  /** A word, or a mapping of one word to its keys. */
  #action({ actions }: Action, what: string, at: At): object | undefined {
    const { place } = at;
    const words = Object.keys(actions);
    const withKeys = words.filter((word) => Object.keys(actions[word]!.keys).length > 0);
    if (this.#decoder.isMapping(place)) return this.#actionWithKeys(actions, withKeys, what, at);
    const word = this.#decoder.text(place, what);
    if (word === undefined) return undefined;
    const row = Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (row === undefined) {
      const alone = words.filter((name) => Object.values(actions[name]!.keys).every(({ need }) => need !== 'required'));
      const forms = withKeys.map((name) => `${name}: {${Object.keys(actions[name]!.keys).join(', ')}}`);
      const all = `${alone.join(', ')}, or ${forms.join(' or ')}`;
      return this.#decoder.report(place, `${what} must be one of ${all}${hint(word, words)}`);
    }
    const required = Object.entries(row.keys).filter(([, { need }]) => need === 'required');
    if (required.length > 0) {
      const names = required.map(([name]) => name).join(', ');
      return this.#decoder.report(place, `${word} needs more than the word: ${word}: {${names}}`);
    }
    const filled = Object.entries(row.keys).filter(([, { need }]) => need === 'filled');
    return { action: word, ...Object.fromEntries(filled.map(([name, shape]) => [name, this.#default(shape, {}, at)])) };
  }

  #actionWithKeys(actions: Action['actions'], words: readonly string[], what: string, at: At): object | undefined {
    const places = this.#decoder.mapping(at.place, Object.fromEntries(words.map((word) => [word, 'optional'])), what);
    if (places === undefined) return undefined;
    const said = words.filter((word) => this.#decoder.hasKey(at.place, word));
    const [word, other] = said;
    if (word === undefined) {
      return this.#decoder.report(at.place, `${what} has no ${words.map((known) => `"${known}"`).join(' or ')}`);
    }
    if (other !== undefined) return this.#decoder.report(at.place, `${what} is one thing: "${word}" or "${other}"`);
    const place = places[word];
    const row = actions[word]!;
    const record = place && this.#record(row, row.what ?? word, { ...at, place });
    return record && { action: word, ...record };
  }

  #reportIn(place: Place, { fault, at }: { readonly fault: string; readonly at?: string | undefined }): undefined {
    return this.#decoder.report((at === undefined ? undefined : this.#decoder.child(place, at)) ?? place, fault);
  }
}

function wholeOf(values: readonly unknown[]): unknown[] | undefined {
  return values.every((value) => value !== undefined) ? [...values] : undefined;
}
