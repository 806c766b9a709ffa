import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, head, scored } from '../../../test/support/ruleSamples.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import { type Random, seededRandom } from '../../kernel/random.ts';
import { unlisted } from '../../lists/index.ts';
import { compileExpression, type Evaluate } from '../compileExpression.ts';
import { checkExpression } from './checkExpression.ts';

const corpus = [
  'bot.score < 30 && !bot.verified',
  'request.headers["user-agent"].matches("(?i)bot|curl") || bot.source == "heuristics"',
  'request.path.startsWith("/api/") ? bot.score > 2 * 3 - 1 : "x" in bot.heuristics',
  'request.method in ["GET", "POST"] && size(request.query) / 2 % 3 == 1',
  'request.client.inNetwork("10.0.0.0/8") != has(request.headers.accept) // why',
  '(bot.score >= 30 ? "a" : request.host).lowerAscii().contains("a") == (1.5 < 2.0)',
  '"x-key" in request.headers && request.headers["x-key"].size() >= 10',
  'bot.score in [1, 2, bot.score] || -bot.score + 1 < 0',
];

const tokens = [
  ...[
    'bot.score',
    'bot.verified',
    'bot.heuristics',
    'request.path',
    'request.headers["a"]',
    'true',
    'false',
    'null',
    '1',
    '0',
    '2.5',
    '"a"',
  ],
  ...[
    ' && ',
    ' || ',
    '!',
    ' == ',
    ' != ',
    ' < ',
    ' in ',
    ' + ',
    ' / ',
    ' % ',
    ' ? ',
    ' : ',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '.',
    '-',
  ],
  ...[
    '.matches("(a+)+$")',
    '.size()',
    '.contains("b")',
    'has(',
    'size(',
    '.all(x, x)',
    'r"\\d"',
    "'",
    '"',
    '"""',
    '\\',
    '//',
    '\n',
    '\u0000',
    'é',
    '😀',
    '1e999',
    '0x1F',
    '1u',
  ],
];

function mutate(random: Random, start: string): string {
  let text = start;
  const times = Math.floor(random.next() * 4);
  for (let time = 0; time < times; time++) {
    const at = Math.floor(random.next() * (text.length + 1));
    const length = Math.floor(random.next() ** 2 * 20);
    const token = tokens[Math.floor(random.next() * tokens.length)]!;
    const kind = random.next();
    if (kind < 0.3) text = text.slice(0, at) + text.slice(at + length);
    else if (kind < 0.8) text = text.slice(0, at) + token + text.slice(at);
    else text = text.slice(0, at) + token + text.slice(at + length);
  }
  return text;
}

const requests = [
  head(),
  head({
    path: '/api/a',
    query: '',
    clientAddress: '10.1.2.3',
    rawHeaders: ['Host', 'h', 'A', 'aab', 'X-Key', '0123456789'],
  }),
  head({ path: `/${'a'.repeat(9_000)}`, clientAddress: 'unix', rawHeaders: [] }),
];
const verdicts = [
  scored(1, { source: 'heuristics', heuristics: ['x'] }),
  scored(29, { verified: true }),
  scored(30),
  scored(99),
];

function evaluate(compiled: Evaluate, request: (typeof requests)[number], bot: BotVerdict): unknown {
  const isScored = bot.kind === 'scored';
  return compiled({
    head: request,
    score: isScored ? bot.score : undefined,
    source: isScored ? bot.source : undefined,
    verified: isScored ? bot.verified : undefined,
    operator: isScored ? '' : undefined,
    category: isScored ? '' : undefined,
    heuristics: isScored ? bot.heuristics : undefined,
    address: unlisted,
  });
}

test('10,000 mutated expressions: never a throw, positions inside the text, and evaluation is monotone', () => {
  const seed = 20251205;
  const random = seededRandom(seed);
  const seen = { accepted: 0, refused: 0, unknownWhenAbsent: 0 };
  for (let round = 0; round < 10_000; round++) {
    const text = mutate(random, corpus[Math.floor(random.next() * corpus.length)]!);
    const told = `seed ${seed}, round ${round}: ${JSON.stringify(text)}`;
    const checked = checkExpression(text);
    if (!checked.ok) {
      seen.refused++;
      assert.ok(checked.error.length > 0, told);
      for (const { offset, message } of checked.error)
        assert.ok(offset >= 0 && offset <= text.length && message !== '', told);
      continue;
    }
    seen.accepted++;
    const compiled = compileExpression(checked.value);
    for (const request of requests) {
      const whenAbsent = evaluate(compiled, request, absent);
      if (whenAbsent === undefined) seen.unknownWhenAbsent++;
      for (const verdict of verdicts) {
        const value = evaluate(compiled, request, verdict);
        assert.ok(value === true || value === false || value === undefined, told);
        // What is known without a verdict stays what it is with any.
        if (whenAbsent !== undefined) assert.equal(value, whenAbsent, told);
      }
    }
  }
  assert.ok(seen.accepted > 1_000 && seen.refused > 1_000 && seen.unknownWhenAbsent > 500, JSON.stringify(seen));
});
