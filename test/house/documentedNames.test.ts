import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flagsOf } from '../../src/cli/terminal/usageText.ts';
import type { Verb } from '../../src/cli/terminal/verb.ts';
import { bundleKinds } from '../../src/contract/bundleKind.ts';
import { edgeMetrics } from '../../src/contract/metrics/edgeMetrics.ts';
import { lineLosses } from '../../src/contract/metrics/labelValues.ts';
import { botCategories, identityReasons } from '../../src/contract/verifiedBots.ts';
import { verbs } from '../../src/main/verbs.ts';
import { moduleNames } from '../../src/modules/all.ts';
import { fieldNames } from '../../src/rules/expression/vocabulary.ts';

/*
 * What documents name has to be there. Whoever moves a file, renames a flag or takes a verb away hears from here which
 * sentence spoke of it. Decisions and the changelog tell of their day: only their links are followed.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && !file.startsWith('shipped/'));
const ofToday = documents.filter((file) => !file.startsWith('docs/decisions/') && file !== 'CHANGELOG.md');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

function faultsIn(files: readonly string[], find: (text: string, file: string) => Iterable<string>): string[] {
  return files.flatMap((file) => [...find(textOf(file), file)].map((fault) => `${file}: ${fault}`));
}

test('links lead somewhere, down to the heading', () => {
  assert.deepEqual(faultsIn(documents, brokenLinks), []);
  assert.deepEqual(
    [...brokenLinks('[a](nowhere.md) [b](README.md#no-such-heading) [c](README.md#run-it) [d](https://x/)', 'a.md')],
    ['there is no nowhere.md', 'README.md has no heading #no-such-heading'],
  );
});

test('files and folders that are named are there', () => {
  assert.deepEqual(faultsIn(ofToday, missingPaths), []);
  assert.deepEqual(
    [...missingPaths('`src/kernel/clock.ts`, `src/nowhere/`, `test/house/*.test.ts`, `lab/nothing.ts`')],
    ['there is no src/nowhere/', 'there is no lab/nothing.ts'],
  );
});

test('scripts of npm that are named are in package.json', () => {
  assert.deepEqual(faultsIn(ofToday, missingScripts), []);
  assert.deepEqual([...missingScripts('`npm run check`, `npm run nothing -- --x`')], ['there is no npm run nothing']);
});

test('verbs, their words and their flags are those of the command line', () => {
  assert.deepEqual(faultsIn(ofToday, wrongCommands), []);
  const text =
    '`npx holdfast features status --local`, `holdfast fetures`, `holdfast check --fast F`, `holdfast keys turn`';
  assert.deepEqual(
    [...wrongCommands(text)],
    [
      "'holdfast fetures': no such verb",
      "'holdfast check --fast F': no flag --fast",
      "'holdfast keys turn': no such word behind keys",
    ],
  );
});

test('variables of the environment that are named are read somewhere', () => {
  assert.deepEqual(faultsIn(ofToday, strangeVariables), []);
  const unread = `${'HOLDFAST_'}NOTHING`;
  assert.deepEqual([...strangeVariables(`HOLDFAST_OFFLINE=1 ${unread}=1`)], [`nobody reads ${unread}`]);
});

test('metrics of the edge are named as they are', () => {
  assert.deepEqual(faultsIn(ofToday, strangeMetrics), []);
  assert.deepEqual(
    [...strangeMetrics('`holdfast_edge_requests_total` `holdfast_edge_none`')],
    ['there is no holdfast_edge_none'],
  );
});

/** Documents that speak of all there is of something: a new one is missing there until somebody writes its sentence. */
const closedLists: readonly (readonly [
  document: string,
  words: readonly string[],
  wanted?: (word: string) => string,
])[] = [
  ['ARCHITECTURE.md', foldersOf('src')],
  ['ARCHITECTURE.md', foldersOf('src/edge')],
  ['docs/testing.md', foldersOf('test'), (word) => `\`test/${word}\``],
  ['docs/bundles.md', bundleKinds],
  ['docs/modules.md', moduleNames, (word) => `\n| \`${word}\` | `],
  ['docs/operate/keys.md', bundleKinds, (word) => `npx holdfast keys rotate ${word}\n`],
  ['docs/operate/access-log.md', accessFields()],
  ['docs/operate/access-log.md', lineLosses],
  ['docs/verified-bots.md', botCategories],
  ['docs/verified-bots.md', identityReasons],
  ['docs/rules.md', fieldNames],
];

test('documents that list all of something have all of it', () => {
  const missing = closedLists.flatMap(([file, words, wanted = (word: string) => `\`${word}\``]) => {
    const text = textOf(file);
    return words.filter((word) => !text.includes(wanted(word))).map((word) => `${file} has no ${wanted(word).trim()}`);
  });
  assert.deepEqual(missing, []);
});

function foldersOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** The keys of a line of the access log, as its source spells them. */
function accessFields(): readonly string[] {
  const [, object = ''] = /JSON\.stringify\(\{([\s\S]*?)\n {2}\}\)/.exec(textOf('src/edge/log/accessLine.ts')) ?? [];
  const fields = [...object.matchAll(/^ {4}(\w+)[:,]|\{ (\w+): shadowScore/gm)].map(
    ([, name, inner]) => (name ?? inner)!,
  );
  assert.ok(fields.length > 20, 'the source is spelt otherwise now');
  return fields;
}

function* brokenLinks(text: string, file: string): Iterable<string> {
  for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', heading] = target.split('#');
    const to = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, to))) yield `there is no ${to}`;
    else if (heading !== undefined && to.endsWith('.md') && !headingsOf(textOf(to)).has(heading))
      yield `${to} has no heading #${heading}`;
  }
}

function headingsOf(text: string): ReadonlySet<string> {
  const headings = withoutCode(text).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, words]) =>
      words!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Without blocks of code, where `](` and `#` are something else. */
function withoutCode(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
}

function* missingPaths(text: string): Iterable<string> {
  for (const [path] of text.matchAll(/(?<![\w./-])(?:src|test|tools|bench|lab|shipped|docs|bin)\/[\w./*{},<>-]*/g)) {
    const clean = path.replace(/[.,]+$/, '');
    if (/[*{}<>]/.test(clean) || existsSync(join(root, clean))) continue;
    // `dist` and data folders have rooms of the same names.
    yield `there is no ${clean}`;
  }
}

function* missingScripts(text: string): Iterable<string> {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Readonly<Record<string, string>> };
  for (const [, script = ''] of text.matchAll(/\bnpm run ([\w:]+)/g)) {
    if (scripts[script] === undefined) yield `there is no npm run ${script}`;
  }
}

/** Commands in `code` and in blocks of code; elsewhere `holdfast` is a name. */
function* wrongCommands(text: string): Iterable<string> {
  const inline = [...withoutCode(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```$/gm)].flatMap(([, code]) => code!.split('\n'));
  const typed = [
    ...inline.map((code) => /^(?:npx )?holdfast ([a-z].*)$/.exec(code)?.[1]),
    ...blocks.map((code) => /^ *npx holdfast ([a-z].*)$/.exec(code)?.[1]),
  ];
  for (const command of typed) {
    if (command === undefined) continue;
    const words = command.replace(/ {2,}.*| #.*| [|>&].*/, '');
    const fault = faultOf(words.split(' '));
    if (fault !== undefined) yield `'holdfast ${words}': ${fault}`;
  }
}

function faultOf([name = '', ...rest]: readonly string[]): string | undefined {
  const verb = verbs.find((each) => each.name === name);
  if (verb === undefined) return /^VERB\b/.test(name) ? undefined : 'no such verb';
  const deeper = verb.verbs?.find((each) => each.name === `${name} ${rest[0]}`);
  return deeper === undefined ? faultBehind(verb, rest) : faultBehind(deeper, rest.slice(1));
}

function faultBehind(verb: Verb, rest: readonly string[]): string | undefined {
  const flags = [...Object.keys(flagsOf(verb)), 'help'];
  const unknown = rest
    .map((word) => /^\[?--([\w-]+)/.exec(word)?.[1])
    .find((flag) => flag !== undefined && !flags.includes(flag));
  if (unknown !== undefined) return `no flag --${unknown}`;
  const firsts = verb.forms.flatMap(({ words }) => /^[a-z0-9][\w-]*/.exec(words)?.[0] ?? []);
  const [word = ''] = rest;
  return firsts.length === verb.forms.length && /^[a-z]/.test(word) && !firsts.includes(word)
    ? `no such word behind ${verb.name}`
    : undefined;
}

const sources = execFileSync('git', ['ls-files', '-z', '*.ts', '*.js'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '');
const variablesRead = new Set(sources.flatMap((file) => textOf(file).match(/\bHOLDFAST_[A-Z_]+\b/g) ?? []));

function* strangeVariables(text: string): Iterable<string> {
  for (const [name] of text.matchAll(/\bHOLDFAST_[A-Z_]+\b/g)) {
    if (!variablesRead.has(name)) yield `nobody reads ${name}`;
  }
}

function* strangeMetrics(text: string): Iterable<string> {
  for (const [name] of text.matchAll(/\bholdfast_edge_[a-z_]+[a-z]/g)) {
    const isThere = edgeMetrics.some(
      (row) => row.name === name || name === `${row.name}_count` || name === `${row.name}_bucket`,
    );
    if (!isThere) yield `there is no ${name}`;
  }
}
