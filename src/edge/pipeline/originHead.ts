import { fieldNumberOf } from '../../http/index.ts';
import { fieldTable, isHopByHop } from '../exchange/hopByHop.ts';

/** A site's edits of a head that is written already: first line, header lines, empty line. */
export interface HeadEditor {
  editHead(head: string): string;
}

const unsendable = /[^\t\x20-\x7e]/;
/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const frames = fieldTable(['host', 'content-length', 'expect']);

/**
 * A request's head on its way to the origin, while modules add to it. What is added stays one field of this request. `edit` alone takes
 * any text: it is for a site's own edits, which the validator of its bundle has seen.
 */
export class OriginHead {
  /** First line and fields, each with its line end; the empty line comes when it is taken. */
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** A further field. Throws where it would not stay one line, or would frame the message. */
  add(name: string, value: string): void {
    const number = typeof name === 'string' && token.test(name) ? fieldNumberOf(name.toLowerCase()) : -1;
    if (number === -1 || isHopByHop[number] === 1 || frames[number] === 1)
      throw new TypeError('this is no field to add');
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
