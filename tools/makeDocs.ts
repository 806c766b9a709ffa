// Writes the parts of documents that are made of the code, or with --check says which are not what the code says:
//   node tools/node.js tools/makeDocs.ts [--check]
// A part is a module of tools/docs and stands in tools/docs/all.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sections } from './docs/all.ts';
import { fill } from './docs/fill.ts';

const isCheck = process.argv.includes('--check');
// Elsewhere for the test alone, which spoils a copy.
const root = new URL(process.env.HOLDFAST_DOCS_ROOT ?? '..', import.meta.url);
let stale = 0;
for (const [file, parts] of Map.groupBy(sections, (section) => section.file)) {
  const path = new URL(file, root);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const after = fill(before, file, parts);
  if (after === before) continue;
  stale += 1;
  if (isCheck) process.stderr.write(`${file} is not what the code says: ${firstDifference(before, after)}\n`);
  else writeFileSync(path, after);
}
if (isCheck && stale > 0) {
  const own = fileURLToPath(import.meta.url)
    .split('/')
    .slice(-2)
    .join('/');
  process.stderr.write(`Change the code that a part is made of, then run: node tools/node.js ${own}\n`);
  process.exitCode = 1;
}

function firstDifference(before: string, after: string): string {
  const now = before.split('\n');
  const wanted = after.split('\n');
  const at = wanted.findIndex((line, index) => line !== now[index]);
  const line = at === -1 ? wanted.length : at;
  return `line ${line + 1} should be\n  ${(wanted[line] ?? '(the end)').slice(0, 200)}`;
}
