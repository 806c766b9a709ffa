import type { HeaderEdits } from '../contract/sitesFile.ts';

/** Edits header lines, given and returned as name, value, name, value … Called once per message; never throws. */
export type HeaderEditor = (lines: readonly string[]) => string[];

/**
 * A site's edits, prepared once; undefined: there is nothing to do. They come after all that the edge itself does to a
 * message's headers, and the validator has seen to it that they touch nothing that frames it.
 */
export function compileHeaderEdits({ set = [], add = [], remove = [] }: HeaderEdits): HeaderEditor | undefined {
  const added = [...set, ...add].flatMap(({ name, value }) => [name, value]);
  const gone = new Set([...set.map(({ name }) => name), ...remove].map((name) => name.toLowerCase()));
  if (added.length === 0 && gone.size === 0) return undefined;
  if (gone.size === 0) return (lines) => lines.concat(added);
  // Most lines of a message have a length that none of these names has; that spares them the lower case.
  const lengths: boolean[] = [];
  for (const name of gone) lengths[name.length] = true;
  return (lines) => {
    const out: string[] = [];
    for (let index = 0; index < lines.length; index += 2) {
      const name = lines[index]!;
      if (lengths[name.length] === true && gone.has(name.toLowerCase())) continue;
      out.push(name, lines[index + 1]!);
    }
    for (const part of added) out.push(part);
    return out;
  };
}
