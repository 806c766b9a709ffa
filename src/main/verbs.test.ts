import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('every verb tells how it is used on standard output, and does nothing else, when asked with --help or -h', async () => {
  for (const [name, verb] of Object.entries(verbs)) {
    for (const args of [['--help'], ['-h'], [...(before[name] ?? []), '--help']]) {
      let said = '';
      let complained = '';
      const io = {
        stdout: { write: (text: string) => (said += text) },
        stderr: { write: (text: string) => (complained += text) },
      };
      assert.equal(await verb.run(args, io), 0, `${name} ${args.join(' ')}: ${complained}`);
      assert.equal(complained, '', name);
      if (name !== 'version' && name !== 'help') assert.match(said, new RegExp(`^usage: holdfast ${name}\\b`), name);
    }
  }
});

test('a flag that no verb has is answered with the usage and exit code 2', async () => {
  for (const [name, verb] of Object.entries(verbs)) {
    if (name === 'version' || name === 'help') continue;
    const io = { stdout: { write: () => {} }, stderr: { write: () => {} } };
    assert.equal(await verb.run(['--no-such-flag'], io), 2, name);
  }
});
