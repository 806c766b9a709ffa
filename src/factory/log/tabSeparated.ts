/** ClickHouse's TabSeparated: what every server version reads, and the cheapest to write. */

const special = /[\\\t\n\r\0']/;

export function tsvString(text: string): string {
  if (!special.test(text)) return text;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0')
    .replaceAll("'", "\\'");
}

export function tsvStrings(texts: readonly string[]): string {
  return texts.length === 0 ? '[]' : `[${texts.map((text) => `'${tsvString(text)}'`).join(',')}]`;
}

/** Absent is NULL, never 0. */
export function tsvNullable(value: number | null | undefined): string {
  return value === null || value === undefined ? '\\N' : String(value);
}
