import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { validatePayload } from '../bundles/index.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { configLimits } from './configLimits.ts';
import { readConfigBytes } from './readConfig.ts';

const folder = new URL('./cases/', import.meta.url);
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, folder)));

const valid = corpus.filter((bytes) => readConfigBytes(bytes).ok);

/** Words that mean something to YAML, to the decoder or to the rule language. */
const words = [
  ...[
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '---\n',
    '...',
    '%YAML 1.1\n',
    '? ',
    '| ',
    '>-\n',
    '"',
    "'",
    '#',
    '\t',
    '\r',
    '\n',
    '  ',
    '- ',
    ': ',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    'null',
    '~',
    'true',
    '.inf',
    '0x10',
    '1e999',
    '-1',
    '\u0000',
    '\u2028',
    '\ufeff',
    '😀',
    '__proto__: x\n',
  ],
  ...[
    'sites:\n',
    'hosts: ',
    'rules: ',
    'when: ',
    'then: block\n',
    'bot.score',
    ' && ',
    '!',
    '(',
    ')',
    '<',
    'matches("(a+)+$")',
    'has(',
    'in [',
  ],
];

function mutate(random: Random, bytes: Buffer): Buffer {
  let current = bytes;
  const times = 1 + Math.floor(random.next() ** 2 * 4);
  for (let time = 0; time < times; time++) {
    const at = Math.floor(random.next() * (current.length + 1));
    const length = Math.floor(random.next() ** 3 * 60);
    const before = current.subarray(0, at);
    const after = current.subarray(at);
    const kind = random.next();
    if (kind < 0.25) current = Buffer.concat([before, after.subarray(length)]);
    else if (kind < 0.6)
      current = Buffer.concat([before, Buffer.from(words[Math.floor(random.next() * words.length)]!), after]);
    else if (kind < 0.75)
      current = Buffer.concat([before, Buffer.of(Math.floor(random.next() * 256)), after.subarray(1)]);
    else if (kind < 0.9) current = Buffer.concat([before, after.subarray(0, length), after]);
    else
      current = Buffer.concat([
        before,
        corpus[Math.floor(random.next() * corpus.length)]!.subarray(at % 97, (at % 97) + length),
      ]);
  }
  return current;
}

test('5,000 mutated configurations: never a throw, every problem has its place, what is accepted is valid', () => {
  const seed = 20251118;
  const random = seededRandom(seed);
  const seen = { accepted: 0, refused: 0 };
  for (let round = 0; round < 5_000; round++) {
    const start = random.next() < 0.6 ? valid : corpus;
    const bytes = mutate(random, start[Math.floor(random.next() * start.length)]!);
    const told = `seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString('latin1'))}`;
    const startMs = performance.now();
    const result = readConfigBytes(bytes);
    assert.ok(performance.now() - startMs < 2_000, `slow: ${told}`);
    if (result.ok) {
      seen.accepted++;
      const content = validatePayload('sites', Buffer.from(JSON.stringify(result.value.sites)), {});
      assert.ok(content.ok, `${told}: ${JSON.stringify(content)}`);
      continue;
    }
    seen.refused++;
    const lines = bytes.toString('utf8').split('\n');
    assert.ok(result.error.length >= 1 && result.error.length <= configLimits.problemsMax + 1, told);
    for (const { line, column, message } of result.error) {
      assert.ok(
        line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 2,
        `${line}:${column} ${told}`,
      );
      assert.ok(message.length > 0 && message.length < 1_000 && !/[\n\u0000]/.test(message), `${message} ${told}`);
    }
  }
  assert.ok(seen.accepted > 100 && seen.refused > 2_000, JSON.stringify(seen));
});
