/** Text from outside made fit for a message: on one line, nothing that moves a terminal's cursor, at most `charsMax` long. */
export function printable(text: string, charsMax = 500): string {
  const shown = text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
  return shown.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '·');
}

/** The same for text of several lines, which stay lines and are not cut. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n');
}
