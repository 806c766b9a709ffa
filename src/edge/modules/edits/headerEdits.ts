import type { HeaderEdits } from '../../../contract/kinds/sitesFile.ts';
import { addField, type FieldLines, fieldNumberOf } from '../../../http/index.ts';

/** A site's edits, prepared once. Asked once per message, after all that the edge itself does to its headers; never throws. */
export interface HeaderEditor {
  /** A new list; the given one stays as it is. */
  editFields(fields: FieldLines): FieldLines;
  /** The same for a head that is written already: first line, header lines, empty line. */
  editHead(head: string): string;
}

/** undefined: there is nothing to do. The validator has seen to it that no edit touches what frames a message. */
export function compileHeaderEdits({ set = [], add = [], remove = [] }: HeaderEdits): HeaderEditor | undefined {
  const added = [...set, ...add].map((line) => ({ ...line, number: fieldNumberOf(line.name) }));
  const gone = new Set([...set.map(({ name }) => name), ...remove].map((name) => name.toLowerCase()));
  if (added.length === 0 && gone.size === 0) return undefined;
  const addedText = added.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  // Most lines of a message have a length that none of these names has; that spares them the lower case.
  const lengths: boolean[] = [];
  for (const name of gone) lengths[name.length] = true;
  const isGone = (name: string) => lengths[name.length] === true && gone.has(name.toLowerCase());
  return {
    editFields({ raw, numbers }) {
      const out: FieldLines = { raw: [], numbers: [] };
      for (let line = 0; line < numbers.length; line++) {
        const name = raw[line * 2]!;
        if (!isGone(name)) addField(out, numbers[line]!, name, raw[line * 2 + 1]!);
      }
      for (const { number, name, value } of added) addField(out, number, name, value);
      return out;
    },
    editHead(head) {
      const lines = head.split('\r\n');
      let out = `${lines[0]}\r\n`;
      // Behind the last line stand the empty one and what follows its end: nothing.
      for (let index = 1; index < lines.length - 2; index++) {
        const line = lines[index]!;
        if (!isGone(line.slice(0, line.indexOf(':')))) out += `${line}\r\n`;
      }
      return `${out}${addedText}\r\n`;
    },
  };
}
