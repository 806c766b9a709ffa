import type { Section } from './section.ts';

const end = '<!-- /made -->';

function beginOf(marker: string): string {
  return `<!-- made: ${marker} -->`;
}

/**
 * A document with what its sections make now. Throws an Error where a section has no place or a place no section: both are
 * slips of whoever wrote the document.
 */
export function fill(text: string, file: string, sections: readonly Section[]): string {
  const whole = sections.find(({ marker }) => marker === null);
  if (whole !== undefined) return `${whole.make().trimEnd()}\n`;
  const known = sections.map(({ marker }) => marker);
  for (const [, marker] of text.matchAll(/^<!-- made: (.+) -->$/gm)) {
    if (!known.includes(marker!)) throw new Error(`${file}: no section of tools/docs/all.ts makes '${marker}'`);
  }
  return sections.reduce((filled, section) => fillOne(filled, section), text);
}

function fillOne(text: string, { file, marker, make }: Section): string {
  const begin = beginOf(marker!);
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1 || text.indexOf(begin, from + 1) !== -1)
    throw new Error(`${file}: '${marker}' wants one place there, a line '${begin}' and behind it a line '${end}'`);
  return `${text.slice(0, from)}${begin}\n${make().trim()}\n${text.slice(to)}`;
}
