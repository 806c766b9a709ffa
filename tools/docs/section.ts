/** A part of a document that is made of the code, so that it cannot say anything else. */
export interface Section {
  /** From the top of the checkout, like `docs/bundles.md`. */
  readonly file: string;
  /** Names the place: between `<!-- made: MARKER -->` and `<!-- /made -->`. null: the whole file is made. */
  readonly marker: string | null;
  /** Lines of text without the empty ones around them. The same each time, on every machine. */
  make(): string;
}
