import type { Scalar } from 'yaml';

/**
 * Where the character `valueOffset` of a scalar's value stands in the file. Walks value and source side by side, since
 * folding, indentation and quotes change nothing but blanks and a few escapes. Falls back to the scalar's start where
 * that is not so.
 */
export function locateInScalar(text: string, scalar: Scalar, valueOffset: number): number {
  const range = scalar.range;
  const value = scalar.value;
  if (!range || typeof value !== 'string') return range?.[0] ?? 0;
  let at = contentStart(text, scalar, range[0]);
  for (let index = 0; ; index++) {
    while (index < valueOffset && isBlank(value[index])) index++;
    while (at < range[1] && isBlank(text[at])) at++;
    // A problem at a blank or at the end of the value is shown where the text before it ended.
    if (index >= valueOffset) return Math.min(at, Math.max(range[0], range[1] - 1));
    const width = widthOf(text, at, scalar, value[index]!);
    if (width === 0 || at >= range[1]) return range[0];
    at += width;
  }
}

/** Behind the quote of a quoted scalar, or behind the `|` or `>` line of a block. */
function contentStart(text: string, scalar: Scalar, start: number): number {
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return start + 1;
  if (scalar.type !== 'BLOCK_LITERAL' && scalar.type !== 'BLOCK_FOLDED') return start;
  const headerEnd = text.indexOf('\n', start);
  return headerEnd < 0 ? start : headerEnd + 1;
}

/** How many characters of source stand for one of the value; 0: they do not match. */
function widthOf(text: string, at: number, scalar: Scalar, char: string): number {
  if (scalar.type === 'QUOTE_DOUBLE' && text[at] === '\\') return text[at + 1] === char ? 2 : 0;
  if (text[at] !== char) return 0;
  return scalar.type === 'QUOTE_SINGLE' && char === "'" ? 2 : 1;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}
