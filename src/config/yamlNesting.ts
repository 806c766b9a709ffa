import { configLimits } from './configLimits.ts';
import type { YamlProblem } from './yamlSource.ts';

/**
 * Refuses what would send the YAML library's recursion deep, before it sees it. Counts brackets wherever they stand
 * (also in strings: a string with 32 more opening than closing brackets is no configuration either) and how far lines
 * are indented, since every level of blocks, also `- - -`, moves at least one column.
 */
export function findYamlNesting(text: string): YamlProblem | undefined {
  let depth = 0;
  let blockMarks = 0;
  let isLineStart = true;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char === 0x0a) {
      isLineStart = true;
      blockMarks = 0;
    } else if (char === 0x5b || char === 0x7b) depth++;
    else if ((char === 0x5d || char === 0x7d) && depth > 0) depth--;
    if (isLineStart && char !== 0x0a) {
      // `-`, `?` and `:` open a level only before a blank; a line of dashes is just text.
      const isMark = char === 0x2d || char === 0x3f || char === 0x3a;
      if (char === 0x20 || (isMark && isBlank(text.charCodeAt(offset + 1)))) blockMarks++;
      else isLineStart = false;
    }
    if (depth > configLimits.flowDepthMax)
      return { offset, message: `brackets go deeper than ${configLimits.flowDepthMax}` };
    if (blockMarks > configLimits.indentMax)
      return { offset, message: `this goes deeper than ${configLimits.indentMax} columns` };
  }
  return undefined;
}

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09 || char === 0x0a || char === 0x0d;
}
