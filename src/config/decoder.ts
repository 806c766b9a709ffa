import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { hint } from '../kernel/didYouMean.ts';
import { printable } from '../kernel/printable.ts';
import { configLimits } from './configLimits.ts';
import type { ConfigProblem } from './holdfastConfig.ts';
import { LineIndex } from './lineIndex.ts';
import type { YamlSource } from './yamlSource.ts';

/** A value in the document: what stands there and how to get to it. */
export interface Place {
  readonly path: string;
  readonly node: Node;
}

/** Reads a document strictly and goes on after a problem, so that one reading lists them all. */
export class Decoder {
  readonly #source: YamlSource;
  readonly #lines: LineIndex;
  readonly #problems: ConfigProblem[] = [];
  #problemsLeftOut = 0;

  constructor(source: YamlSource) {
    this.#source = source;
    this.#lines = new LineIndex(source.text);
  }

  get source(): YamlSource {
    return this.#source;
  }

  /** All problems in the order of the file. */
  problems(): ConfigProblem[] {
    const sorted = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (this.#problemsLeftOut > 0) {
      sorted.push({ line: 1, column: 1, path: '', message: `${this.#problemsLeftOut} more problems are not listed` });
    }
    return sorted;
  }

  reportAt(offset: number, path: string, message: string): undefined {
    if (this.#problems.length < configLimits.problemsMax) {
      this.#problems.push({ ...this.#lines.at(offset), path, message: printable(message) });
    } else this.#problemsLeftOut++;
    return undefined;
  }

  report(place: Place, message: string): undefined {
    return this.reportAt(offsetOf(place.node), place.path, message);
  }

  /**
   * The values of a mapping by key. Unknown and repeated keys, and required ones that are missing, are problems;
   * an optional key that is missing is undefined. A key without a value is a problem too: `rules:` alone is a slip.
   */
  mapping<Key extends string>(
    place: Place,
    keys: Readonly<Record<Key, 'required' | 'optional'>>,
    what: string,
  ): Partial<Record<Key, Place>> | undefined {
    const node = this.#source.resolve(place.node);
    const known = Object.keys(keys) as Key[];
    if (!isMap(node)) return this.report(place, `${what} needs the keys ${known.join(', ')}, not ${describe(node)}`);
    const found = this.#pairs(place.path, node, known);
    for (const key of known) {
      if (keys[key] === 'required' && !found.seen.has(key)) this.report(place, `${what} has no "${key}"`);
    }
    return found.places;
  }

  #pairs<Key extends string>(path: string, map: YAMLMap, known: readonly Key[]) {
    const places = Object.create(null) as Partial<Record<Key, Place>>;
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      const key = pair.key as Node;
      const name = isScalar(key) ? String(key.value) : undefined;
      const keyOffset = offsetOf(key);
      const first = name === undefined ? undefined : seen.get(name);
      if (name === undefined) this.reportAt(keyOffset, path, 'a key must be a word');
      else if (first !== undefined) {
        this.reportAt(
          keyOffset,
          join(path, name),
          `"${crop(name)}" stands twice; the first is in line ${this.#lines.at(first).line}`,
        );
      } else {
        seen.set(name, keyOffset);
        const value = pair.value as Node | null;
        if (!(known as readonly string[]).includes(name)) {
          this.reportAt(keyOffset, join(path, name), `there is no key "${crop(name)}" here${hint(name, known)}`);
        } else if (value === null || (isScalar(value) && value.value === null)) {
          this.reportAt(keyOffset, join(path, name), `"${name}" has no value`);
        } else places[name as Key] = { path: join(path, name), node: value };
      }
    }
    return { places, seen };
  }

  /** Whether a mapping has a key at all, be it without a value. */
  hasKey(place: Place, name: string): boolean {
    const node = this.#source.resolve(place.node);
    return isMap(node) && node.items.some(({ key }) => isScalar(key) && key.value === name);
  }

  /** What stands behind a key of a mapping, if there is such a key with a value. Reports nothing. */
  child(place: Place, name: string): Place | undefined {
    const node = this.#source.resolve(place.node);
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
    return pair?.value ? { path: join(place.path, name), node: pair.value as Node } : undefined;
  }

  /** The entries of a mapping whose keys are of the user's choice. One that stands twice or has no value is a problem and left out. */
  entries(
    place: Place,
    what: string,
    entriesMax: number,
  ): { readonly name: string; readonly value: Place }[] | undefined {
    const node = this.#source.resolve(place.node);
    if (!isMap(node)) return this.report(place, `${what} is a mapping, not ${describe(node)}`);
    const { length } = node.items;
    if (length > entriesMax)
      return this.report(place, `${what} has ${length} entries; at most ${entriesMax} are taken`);
    const names = node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
    const { places, seen } = this.#pairs(place.path, node, names);
    return [...seen.keys()].flatMap((name) => {
      const value = places[name];
      return value === undefined ? [] : [{ name, value }];
    });
  }

  list(place: Place, what: string, itemsMax: number): Place[] | undefined {
    const node = this.#source.resolve(place.node);
    if (!isSeq(node)) return this.report(place, `${what} is a list, not ${describe(node)}`);
    if (node.items.length > itemsMax) {
      return this.report(place, `${what} has ${node.items.length} items; at most ${itemsMax} are taken`);
    }
    return node.items.map((item, index) => ({ path: `${place.path}[${index}]`, node: item as Node }));
  }

  text(place: Place, what: string): string | undefined {
    const node = this.#source.resolve(place.node);
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    const advice = isScalar(node) && node.value !== null ? '; put it in quotes' : '';
    return this.report(place, `${what} must be text, not ${describe(node)}${advice}`);
  }

  wholeNumber(place: Place, what: string, min: number, max: number): number | undefined {
    const node = this.#source.resolve(place.node);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.report(place, `${what} must be a whole number from ${min} to ${max}, not ${describe(node)}`);
  }

  trueOrFalse(place: Place, what: string): boolean | undefined {
    const node = this.#source.resolve(place.node);
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return this.report(place, `${what} must be true or false, not ${describe(node)}`);
  }

  scalar(place: Place): Scalar | undefined {
    const node = this.#source.resolve(place.node);
    return isScalar(node) ? node : undefined;
  }

  isList(place: Place): boolean {
    return isSeq(this.#source.resolve(place.node));
  }

  isMapping(place: Place): boolean {
    return isMap(this.#source.resolve(place.node));
  }
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function join(path: string, key: string): string {
  return path === '' ? crop(key) : `${path}.${crop(key)}`;
}

function crop(text: string): string {
  return printable(text, 60);
}

/** What stands somewhere, in words. */
function describe(node: Node): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  if (typeof node.value === 'string') return `the text "${crop(node.value)}"`;
  return crop(String(node.source ?? node.value));
}
