import type { Once } from './shape.ts';

/** What stands once in a file, or in some list or record of it: who walks a shape opens one where the shape says so. */
export class Scopes {
  readonly #name: string | undefined;
  readonly #outer: Scopes | undefined;
  /** By scope: the outermost one holds all that nobody opens. */
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #repeated = new Map<Once, Set<string>>();

  constructor(name?: string, outer?: Scopes) {
    this.#name = name;
    this.#outer = outer;
  }

  open(name: string | undefined): Scopes {
    return name === undefined ? this : new Scopes(name, this);
  }

  /** The item that has this text already; undefined: none, and from now on `item` has it. */
  take(once: Once, text: string, item: string): string | undefined {
    if (this.#outer !== undefined && this.#name !== once.scope) return this.#outer.take(once, text, item);
    const texts = this.#texts.get(once.scope) ?? new Map<string, string>();
    this.#texts.set(once.scope, texts);
    const written = once.isCaseless ? text.toLowerCase() : text;
    const before = texts.get(written);
    if (before === undefined) texts.set(written, item);
    else this.#repeated.set(once, (this.#repeated.get(once) ?? new Set()).add(written));
    return before;
  }

  /** What was taken more than once here, each text once, in the order of its second appearance. */
  get repeated(): readonly { readonly once: Once; readonly texts: readonly string[] }[] {
    return [...this.#repeated].map(([once, texts]) => ({ once, texts: [...texts] }));
  }
}
