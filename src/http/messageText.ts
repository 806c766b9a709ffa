import type { FieldLines } from './fields/fieldLines.ts';

/** Field lines as they are sent, each with its CR LF. One character per octet. */
export function fieldText({ raw }: FieldLines): string {
  let text = '';
  for (let index = 0; index < raw.length; index += 2) text += `${raw[index]}: ${raw[index + 1]}\r\n`;
  return text;
}

/** The value of a field, several lines of it joined with `, ` (RFC 9110 section 5.3); undefined: there is none. */
export function fieldValue(raw: readonly string[], numbers: readonly number[], number: number): string | undefined {
  let value: string | undefined;
  for (let line = numbers.indexOf(number); line !== -1; line = numbers.indexOf(number, line + 1)) {
    const part = raw[line * 2 + 1]!;
    value = value === undefined ? part : `${value}, ${part}`;
  }
  return value;
}

/** Adds a line. `number` is the name's (`fieldNames.ts`). */
export function addField(fields: FieldLines, number: number, name: string, value: string): void {
  fields.raw.push(name, value);
  fields.numbers.push(number);
}
