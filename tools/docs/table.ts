/** A table of Markdown. A `|` in a cell would end it, so it is written as one that does not. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`.replaceAll(/ {2,}\|/g, ' |');
  return [line(heading), `|${heading.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Words as they are typed, `like` `these`, with commas between them. */
export function words(list: readonly (string | number)[]): string {
  return list.map((word) => `\`${word}\``).join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
