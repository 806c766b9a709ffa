import type { FieldLines } from './fieldLines.ts';

/** Field lines as they are sent, each with its CR LF. One character per octet. */
export function fieldText({ raw }: FieldLines): string {
  let text = '';
  for (let index = 0; index < raw.length; index += 2) text += `${raw[index]}: ${raw[index + 1]}\r\n`;
  return text;
}

/** Adds a line. `number` is the name's (`fieldNames.ts`). */
export function addField(fields: FieldLines, number: number, name: string, value: string): void {
  fields.raw.push(name, value);
  fields.numbers.push(number);
}
