import type { RefusalReason } from '../contract/finding.ts';
import { unreachable } from '../kernel/assert.ts';
import {
  type Action,
  type Entries,
  type Expression,
  type Keys,
  type List,
  orList,
  type RecordShape,
  type Said,
  Scopes,
  type Shape,
  type Text,
} from '../shape/index.ts';
import { type FindingList, quoteSome } from './findingList.ts';
import { type JsonObject, objectOf, refuse, repeatedNames } from './shape.ts';

/** What a value stands in. Put into words only for a finding: a bundle of 4 MiB has hundreds of thousands of these. */
interface At {
  readonly outer: At | undefined;
  /** The key of a record, or what stands at the top: `Site "shop"`. */
  readonly name: string;
  /** Of an item of a list, whose name is what one of them is called. */
  readonly index: number | undefined;
  readonly reason: RefusalReason;
  readonly scopes: Scopes;
}

interface Needs {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/**
 * Asks whether a value, as JSON gave it, is what a shape describes: the canonical form and nothing else, since whoever
 * made the bundle wrote it so. Whatever is wrong becomes a finding; never throws on any value.
 *
 * A record or list that is none, and keys that are unknown or missing, are `schema-invalid`; what a setting says wrongly has
 * the reason of its row.
 */
export class ShapeValidator {
  readonly #findings: FindingList;
  /** What stands once in the file. */
  readonly #file = new Scopes();
  readonly #needs = new Map<Keys, Needs>();

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  /** A record that stands at the top; `where` says in words where. The value itself, or undefined. */
  record<S extends RecordShape>(shape: S, value: unknown, where: string): Said<S> | undefined {
    const reason = reasonOf(shape, 'schema-invalid');
    const at: At = { outer: undefined, name: where, index: undefined, reason, scopes: this.#file };
    return this.#record(shape, value, at) ? (value as Said<S>) : undefined;
  }

  /** To be asked when all records were: what stands in the file twice. */
  reportRepeated(): void {
    this.#reportRepeated(this.#file, '', 'schema-invalid');
  }

  /** The value of `key` in the record `at`. */
  #isGood(shape: Shape, value: unknown, key: string, at: At): boolean {
    switch (shape.kind) {
      case 'wholeNumber': {
        const { min, max } = shape;
        const isWhole = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
        return isWhole || this.#fault(at, shape, `${whatOf(shape, key)} must be a whole number from ${min} to ${max}`);
      }
      case 'trueOrFalse':
        return typeof value === 'boolean' || this.#fault(at, shape, `${whatOf(shape, key)} must be true or false`);
      case 'oneOf': {
        const isOne = (shape.words as readonly unknown[]).includes(value);
        return isOne || this.#fault(at, shape, `${whatOf(shape, key)} must be ${orList(shape.words)}`);
      }
      case 'text': {
        const fault = textFault(shape, value, key);
        if (fault !== undefined) return this.#fault(at, shape, fault);
        if (shape.once) at.scopes.take(shape.once, value as string, '');
        return true;
      }
      case 'expression':
        return this.#expression(shape, value, key, at);
      case 'list':
        return this.#list(shape, value, inside(at, key, shape));
      case 'entries':
        return this.#entries(shape, value, inside(at, key, shape));
      case 'record':
        return this.#record(shape, value, inside(at, key, shape));
      case 'action':
        return this.#action(shape, value, inside(at, key, shape));
      case 'either':
        return this.#isGood(typeof value === 'object' ? shape.other : shape.text, value, key, at);
      default:
        return unreachable(shape);
    }
  }

  #record(shape: RecordShape, value: unknown, outer: At, known: readonly string[] = []): boolean {
    const scopes = outer.scopes.open(shape.opens);
    const at = scopes === outer.scopes ? outer : { ...outer, scopes };
    const record = this.#keys(shape.keys, known, value, at);
    const isOnce = scopes === outer.scopes || this.#reportRepeated(scopes, wordsOf(at), at.reason);
    if (record === undefined) return false;
    const missing = shape.checkKeys?.((key) => Object.hasOwn(record.value, key));
    if (missing !== undefined) return this.#fault(at, shape, missing.fault);
    if (!record.isGood || !isOnce) return false;
    const fault = shape.check?.(record.value as never);
    return fault === undefined || this.#fault(at, shape, fault);
  }

  /** Whether these keys are there, besides `known` none else, and good; undefined: it is no such object. */
  #keys(
    keys: Keys,
    known: readonly string[],
    value: unknown,
    at: At,
  ): { value: JsonObject; isGood: boolean } | undefined {
    const { required, optional } = this.#needsOf(keys);
    if (!hasKeys(value, required, keys, known)) {
      // Says what is wrong with it.
      objectOf(value, [...known, ...required], optional, wordsOf(at), this.#findings);
      return undefined;
    }
    let isGood = true;
    for (const name in value) {
      const shape = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (shape !== undefined && !this.#isGood(shape, value[name], name, at)) isGood = false;
    }
    return { value, isGood };
  }

  #needsOf(keys: Keys): Needs {
    const known = this.#needs.get(keys);
    if (known !== undefined) return known;
    const isCarried = (name: string) => keys[name]!.need === 'required' || keys[name]!.need === 'filled';
    const names = Object.keys(keys);
    const needs = { required: names.filter(isCarried), optional: names.filter((name) => !isCarried(name)) };
    this.#needs.set(keys, needs);
    return needs;
  }

  #list(shape: List, value: unknown, outer: At): boolean {
    if (!Array.isArray(value)) return this.#refuse(`${wordsOf(outer)} must be a list.`);
    if (!this.#isCounted(shape, value, outer)) return false;
    const scopes = outer.scopes.open(shape.opens);
    const at = scopes === outer.scopes ? outer : { ...outer, scopes };
    const { item, each } = shape;
    const isEachGood =
      item.kind === 'text'
        ? this.#texts(item, value, at)
        : all(value, (one, index) => {
            const itemAt = itemOf(at, each, index);
            return item.kind === 'record' ? this.#record(item, one, itemAt) : this.#isGood(item, one, each, itemAt);
          });
    const isOnce = scopes === outer.scopes || this.#reportRepeated(scopes, wordsOf(holderOf(at)), at.reason);
    if (!isEachGood || !isOnce) return false;
    const found = shape.check?.(value as never);
    return found === undefined || this.#fault(itemOf(at, each, found.index), shape, found.fault);
  }

  #entries(shape: Entries, value: unknown, at: At): boolean {
    const { keys, each, under } = shape;
    if (!Array.isArray(value)) {
      return this.#refuse(`${wordsOf(at)} must be a list of {${Object.keys(keys).join(', ')}}.`);
    }
    if (!this.#isCounted({ ...shape, min: 0 }, value, at)) return false;
    const isGood = (one: unknown, index: number) => this.#keys(keys, [], one, itemOf(at, each, index))?.isGood === true;
    if (!all(value, isGood)) return false;
    // People write a mapping of them, where a name cannot stand twice.
    const repeated = repeatedNames(value.map((one) => String(one[under])));
    return repeated.length === 0 || this.#fault(at, shape, `a ${under} stands twice: ${quoteSome(repeated)}`);
  }

  /** Of a list of texts one finding names all that are no good. */
  #texts(shape: Text, values: readonly unknown[], at: At): boolean {
    const faults = values.map((value) => textFault(shape, value, shape.what ?? at.name));
    const fault = faults.find((each) => each !== undefined);
    if (fault === undefined) {
      const { once } = shape;
      if (once) for (const value of values) at.scopes.take(once, value as string, '');
      return true;
    }
    const bad = values.filter((_value, index) => faults[index] !== undefined);
    const names = bad.map((value) => String(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 300));
    const message = `${wordsOf(at)}: ${quoteSome(names)}: ${fault}.`;
    this.#findings.add({ reason: reasonOf(shape, at.reason), message, names });
    return false;
  }

  #isCounted(
    shape: Pick<List, 'min' | 'max' | 'each' | 'countReason'>,
    { length }: readonly unknown[],
    at: At,
  ): boolean {
    const { min, max, each } = shape;
    if (length >= min && length <= max) return true;
    const allowed = min > 0 ? `${min} to ${max}` : `at most ${max}`;
    const message = `${wordsOf(holderOf(at))} has ${length} ${each}s; ${allowed} are allowed.`;
    const reason = (shape.countReason as RefusalReason | undefined) ?? at.reason;
    this.#findings.add({ reason, message, value: length, limit: max });
    return false;
  }

  /** That it is one, the rules' compiler says. */
  #expression(shape: Expression, value: unknown, key: string, at: At): boolean {
    if (typeof value !== 'string') return this.#fault(at, shape, `${whatOf(shape, key)} must be text`);
    const { length } = value;
    if (length <= shape.charsMax) return true;
    const message = `${wordsOf(at)}: ${whatOf(shape, key)} has ${length} characters; at most ${shape.charsMax} are allowed.`;
    this.#findings.add({ reason: shape.lengthReason as RefusalReason, message, value: length, limit: shape.charsMax });
    return false;
  }

  #action(shape: Action, value: unknown, at: At): boolean {
    const said = (value as { action?: unknown } | null)?.action;
    const row = typeof said === 'string' && Object.hasOwn(shape.actions, said) ? shape.actions[said] : undefined;
    if (row !== undefined) return this.#record(row, value, { ...at, reason: reasonOf(row, at.reason) }, ['action']);
    return this.#fault(at, shape, `the action must be one of ${Object.keys(shape.actions).join(', ')}`);
  }

  #reportRepeated({ repeated }: Scopes, where: string, reason: RefusalReason): boolean {
    for (const { once, texts } of repeated) {
      const message = `${where}${where === '' ? '' : ': '}${once.repeated}: ${quoteSome(texts)}.`;
      this.#findings.add({ reason: (once.reason as RefusalReason | undefined) ?? reason, message, names: texts });
    }
    return repeated.length === 0;
  }

  #fault(at: At, shape: Shape, fault: string): false {
    this.#findings.add({ reason: reasonOf(shape, at.reason), message: `${wordsOf(at)}: ${fault}.` });
    return false;
  }

  #refuse(message: string): false {
    refuse(this.#findings, message);
    return false;
  }
}

function hasKeys(
  value: unknown,
  required: readonly string[],
  keys: Keys,
  known: readonly string[],
): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const name in value) if (!Object.hasOwn(keys, name) && !known.includes(name)) return false;
  return required.every((name) => Object.hasOwn(value, name));
}

/** All of them are asked, so that one reading lists what is wrong with each. */
function all(values: readonly unknown[], isGood: (value: unknown, index: number) => boolean): boolean {
  let areGood = true;
  for (let index = 0; index < values.length; index++) if (!isGood(values[index], index)) areGood = false;
  return areGood;
}

function textFault(shape: Text, value: unknown, key: string): string | undefined {
  return typeof value === 'string' ? shape.check?.(value) : `${whatOf(shape, key)} must be text`;
}

function whatOf(shape: Shape, key: string): string {
  return shape.what ?? key;
}

/** Rows know reasons as words; that each is one of the closed list is tested (`siteRows.test.ts`). */
function reasonOf(shape: Shape, otherwise: RefusalReason): RefusalReason {
  return (shape.reason as RefusalReason | undefined) ?? otherwise;
}

function inside(outer: At, name: string, shape: Shape): At {
  return { outer, name, index: undefined, reason: reasonOf(shape, outer.reason), scopes: outer.scopes };
}

function itemOf(list: At, name: string, index: number): At {
  return { outer: holderOf(list), name, index, reason: list.reason, scopes: list.scopes };
}

/** `Site "shop", origin 1` says enough: what an item is called names its list. Deeper down the list itself is named. */
function holderOf(list: At): At {
  return list.outer !== undefined && isWhole(list.outer) ? list.outer : list;
}

function isWhole({ outer, index }: At): boolean {
  return outer === undefined || index !== undefined;
}

/** `Site "shop", upstream.health`. */
function wordsOf({ outer, name, index }: At): string {
  if (outer === undefined) return name;
  if (index !== undefined) return `${wordsOf(outer)}, ${name} ${index}`;
  return `${wordsOf(outer)}${isWhole(outer) ? ', ' : '.'}${name}`;
}
