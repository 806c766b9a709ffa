import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sections } from '../../tools/docs/all.ts';
import { fill } from '../../tools/docs/fill.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
after(() => rmSync(copy, { recursive: true }));

function makeDocs(...args: string[]) {
  const env = { ...process.env, HOLDFAST_DOCS_ROOT: `${pathToFileURL(copy)}/` };
  return spawnSync(process.execPath, [join(root, 'tools/makeDocs.ts'), ...args], { env, encoding: 'utf8' });
}

test('the documents say what the code says', () => {
  execFileSync(process.execPath, [join(root, 'tools/makeDocs.ts'), '--check'], { stdio: 'pipe' });
});

test('a document that drifted is named with the line and with how it is mended, and is mended so', () => {
  for (const file of new Set(sections.map((section) => section.file))) cpSync(join(root, file), join(copy, file));
  assert.equal(makeDocs('--check').status, 0);
  const { file } = sections[0]!;
  const good = readFileSync(join(root, file), 'utf8');
  writeFileSync(join(copy, file), good.replace(/(<!-- made: .+ -->\n[^\n]*\n[^\n]*\n)[^\n]*\n/, '$1'));
  const { status, stderr } = makeDocs('--check');
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`^${file} is not what the code says: line \\d+ should be\\n`));
  assert.match(stderr, /run: node tools\/node\.js tools\/makeDocs\.ts\n$/);
  assert.equal(makeDocs().status, 0);
  assert.equal(readFileSync(join(copy, file), 'utf8'), good);
});

test('a section without a place and a place without a section are slips, and say so', () => {
  const section = { file: 'a.md', marker: 'words', make: () => 'made' };
  const place = '<!-- made: words -->\nold\n<!-- /made -->';
  assert.equal(fill(`a\n${place}\nb`, 'a.md', [section]), 'a\n<!-- made: words -->\nmade\n<!-- /made -->\nb');
  assert.throws(() => fill('nothing', 'a.md', [section]), /a\.md: 'words' wants one place/);
  assert.throws(() => fill(`${place}\n${place}`, 'a.md', [section]), /wants one place/);
  assert.throws(() => fill('<!-- made: others -->', 'a.md', []), /no section .* makes 'others'/);
  assert.equal(fill('whatever', 'a.md', [{ ...section, marker: null }]), 'made\n');
});

test('no document has a place that no section fills', () => {
  const documents = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' }).split('\0');
  const filled = new Set(sections.map((section) => section.file));
  const hasPlace = (file: string) => readFileSync(join(root, file), 'utf8').includes('\n<!-- made: ');
  const found = documents.filter((file) => file !== '' && !filled.has(file) && hasPlace(file));
  assert.deepEqual(found, []);
});
