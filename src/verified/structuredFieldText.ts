import type { BareItem, InnerList, Item, Parameters } from './structuredFields.ts';

/** The one text of an inner list (RFC 9651 section 4.1.1.1), as a signature covers it. */
export function innerListText({ items, parameters }: InnerList): string {
  return `(${items.map(itemText).join(' ')})${parametersText(parameters)}`;
}

export function itemText({ value, parameters }: Item): string {
  return `${bareItemText(value)}${parametersText(parameters)}`;
}

function parametersText(parameters: Parameters): string {
  let text = '';
  for (const [key, value] of parameters) {
    text += value.kind === 'boolean' && value.value ? `;${key}` : `;${key}=${bareItemText(value)}`;
  }
  return text;
}

function bareItemText(item: BareItem): string {
  switch (item.kind) {
    case 'integer':
      // -0 is 0 (RFC 9651 section 4.1.4 writes the integer).
      return `${item.value === 0 ? 0 : item.value}`;
    case 'decimal':
      return decimalText(item.value);
    case 'date':
      return `@${item.value === 0 ? 0 : item.value}`;
    case 'string':
      return `"${item.value.replace(/["\\]/g, '\\$&')}"`;
    case 'token':
      return item.value;
    case 'bytes':
      return `:${item.value}:`;
    case 'boolean':
      return item.value ? '?1' : '?0';
    case 'display':
      return `%"${displayText(item.value)}"`;
  }
}

/** RFC 9651 section 4.1.5: at least one digit behind the point, no zero at the end. */
function decimalText(value: number): string {
  const text = value.toFixed(3).replace(/0{1,2}$/, '');
  return value === 0 ? '0.0' : text;
}

/** RFC 9651 section 4.1.11. */
function displayText(value: string): string {
  let text = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x22;
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}
