/** Text that is safe between tags and in quoted attributes: most of what the page shows was written by strangers. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `1 234 567`, with narrow spaces that do not break. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** `12.3 %`; below a thousandth of all it says so instead of 0. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (part / whole) * 100;
  if (part > 0 && share < 0.1) return '< 0.1 %';
  if (part < whole && share > 99.9) return '> 99.9 %';
  return `${share.toFixed(1)} %`;
}

/** `2015-05-17 10:05` in UTC. */
export function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

export interface Column<Row> {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Left out on a narrow screen. */
  readonly isExtra?: boolean;
  /** HTML, already escaped. */
  cell(row: Row): string;
}

/** A table; `rows` is not empty. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const classOf = ({ isNumber, isExtra }: Column<Row>) => {
    const names = [isNumber === true ? 'n' : '', isExtra === true ? 'x' : ''].filter((name) => name !== '').join(' ');
    return names === '' ? '' : ` class="${names}"`;
  };
  const heads = columns.map((column) => `<th scope="col"${classOf(column)}>${escaped(column.head)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${columns.map((column) => `<td${classOf(column)}>${column.cell(row)}</td>`).join('')}</tr>`)
    .join('\n');
  return `<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

export function section(title: string, lead: string, ...content: readonly string[]): string {
  return `<section><h2>${escaped(title)}</h2>\n<p class="lead">${lead}</p>\n${content.join('\n')}\n</section>`;
}
