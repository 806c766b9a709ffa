import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runVerb } from '../cli/terminal/runVerb.ts';
import { flagsOf } from '../cli/terminal/usageText.ts';
import type { Verb } from '../cli/terminal/verb.ts';
import { verbs } from './verbs.ts';

/** Words that would do something, were it not for the question behind them. */
const before: Readonly<Record<string, readonly string[]>> = {
  check: ['holdfast.yaml'],
  drill: ['run', '2025-11-18'],
  features: ['status'],
  keys: ['rotate', 'features'],
  kill: ['bots'],
  query: ['SELECT 1'],
};

/** With the verbs of verbs. */
const all: readonly Verb[] = verbs.flatMap((verb) => [verb, ...(verb.verbs ?? [])]);

async function type(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
  };
  const verb = verbs.find(({ name }) => name === args[0]);
  assert.ok(verb !== undefined);
  return { code: await runVerb(verb, args.slice(1), io), ...said };
}

test('every verb tells how it is used on standard output, and does nothing else, when asked with --help or -h', async () => {
  for (const { name } of all) {
    for (const args of [['--help'], ['-h'], [...(before[name] ?? []), '--help']]) {
      const { code, out, err } = await type([...name.split(' '), ...args]);
      assert.equal(code, 0, `${name} ${args.join(' ')}: ${err}`);
      assert.equal(err, '', name);
      assert.match(out, new RegExp(`^usage: holdfast ${name}\\b`), name);
    }
  }
});

test('a flag that no verb has is answered with the usage and exit code 2', async () => {
  for (const { name } of all) {
    const { code, err } = await type([...name.split(' '), '--no-such-flag']);
    assert.equal(code, 2, name);
    assert.match(err, /^holdfast: there is no --no-such-flag\nusage: /, name);
  }
});

test('names are unique, and help has every flag of a verb with its sentence and every exit code', async () => {
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const verb of all) {
    const { out } = await type([...verb.name.split(' '), '--help']);
    const text = out.replaceAll(/\s+/g, ' ');
    for (const [flag, { says }] of Object.entries(flagsOf(verb))) {
      assert.ok(text.includes(` --${flag} `) && text.includes(says.replaceAll(/\s+/g, ' ')), `${verb.name} --${flag}`);
    }
    for (const code of Object.keys(verb.exits)) assert.match(text, new RegExp(`Exit code: .*\\b${code} `), verb.name);
  }
});

test('help is a list of all verbs, and of one verb what that one says', async () => {
  const { out } = await type(['help']);
  for (const { name, summary } of verbs) assert.ok(out.includes(`  ${name} `) && out.includes(summary), name);
  assert.deepEqual(await type(['help', 'check']), await type(['check', '--help']));
});

test('what was nearly meant is named: flags, words and verbs of verbs', async () => {
  const nearly: readonly (readonly [readonly string[], RegExp])[] = [
    [['up', '--wrokers', '2'], /there is no --wrokers; did you mean "workers"\?/],
    [['features', 'pubish', 'x'], /there is no 'pubish' here; did you mean "publish"\?/],
    [['lists', 'mak'], /there is no 'mak' here; did you mean "make"\?/],
    [['edge', 'staus'], /there is no 'staus' here; did you mean "status"\?/],
    [['keys', 'rotate', 'feature'], /there is no kind 'feature'; did you mean "features"\?/],
    [['kill', 'bot'], /there is no switch 'bot'; did you mean "bots"\?/],
    [['features', 'publish'], /FILE is missing/],
    [['features', 'show', '1', '2'], /a word too many: 2/],
    [['drill', 'run', '2026-01-01'], /'2026-01-01' should be 2025-11-18/],
    [['keys'], /one of list, rotate, revoke is missing/],
    [['drill', 'run', '2025-11-18', '--unprotected', 'odd'], /a word too many: odd/],
  ];
  for (const [args, says] of nearly) {
    const { code, err } = await type(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, says);
  }
});
