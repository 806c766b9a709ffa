/** A site's edits of a head that is written already: first line, header lines, empty line. */
export interface HeadEditor {
  editHead(head: string): string;
}

const unsendable = /[^\t\x20-\x7e]/;

/**
 * A request's head on its way to the origin, while modules add to it. There is no way to write into it freely: what goes to
 * an origin stays one request whatever a module says.
 */
export class OriginHead {
  /** First line and fields, each with its line end; the empty line comes when it is taken. */
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** A further field. Throws where the value would not stay one line. */
  add(name: string, value: string): void {
    if (typeof value !== 'string' || unsendable.test(value))
      throw new TypeError(`${name} has a value that is no field's`);
    this.#text += `${name}: ${value}\r\n`;
  }

  edit(editor: HeadEditor): void {
    this.#text = editor.editHead(`${this.#text}\r\n`).slice(0, -2);
  }

  get text(): string {
    return `${this.#text}\r\n`;
  }
}
