import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, head, scored } from '../../test/support/ruleSamples.ts';
import type { BotVerdict } from '../contract/botVerdict.ts';
import type { RequestHead } from '../http/index.ts';
import { unlisted } from '../lists/index.ts';
import { compileExpression } from './compileExpression.ts';
import { checkExpression } from './expression/checkExpression.ts';

function evaluate(text: string, bot: BotVerdict = absent, request: RequestHead = head()): unknown {
  const checked = checkExpression(text);
  assert.ok(checked.ok, `${text}: ${JSON.stringify(checked)}`);
  const isScored = bot.kind === 'scored';
  return compileExpression(checked.value)({
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

/** U stands for an absent score's comparison, T and F for constants. */
const sides = { T: 'true', F: 'false', U: 'bot.score < 30' } as const;
const value = { T: true, F: false, U: undefined } as const;
type Side = keyof typeof sides;

for (const [left, right, and, or] of [
  ['T', 'T', 'T', 'T'],
  ['T', 'F', 'F', 'T'],
  ['T', 'U', 'U', 'T'],
  ['F', 'T', 'F', 'T'],
  ['F', 'F', 'F', 'F'],
  ['F', 'U', 'F', 'U'],
  ['U', 'T', 'U', 'T'],
  ['U', 'F', 'F', 'U'],
  ['U', 'U', 'U', 'U'],
] as const satisfies readonly (readonly [Side, Side, Side, Side])[]) {
  test(`Kleene: ${left} && ${right} is ${and}, ${left} || ${right} is ${or}`, () => {
    assert.equal(evaluate(`(${sides[left]}) && (${sides[right]})`), value[and]);
    assert.equal(evaluate(`(${sides[left]}) || (${sides[right]})`), value[or]);
  });
}

test('Kleene: not and the ternary', () => {
  assert.equal(evaluate('!(bot.score < 30)'), undefined);
  assert.equal(evaluate('bot.score < 30 ? true : false'), undefined);
  assert.equal(evaluate('bot.score < 30 ? true : true'), true);
  assert.equal(evaluate('(bot.score < 30 ? 1 : 2) == 1'), undefined, 'branches that differ');
  assert.equal(evaluate('(bot.score < 30 ? "a" : "a") == "a"'), true, 'branches that agree');
});

for (const text of [
  'bot.score == bot.score',
  'bot.score != 1',
  'bot.verified',
  '!bot.verified',
  'bot.verified == bot.verified',
  'bot.source == "model"',
  'bot.source != "model"',
  '"a" in bot.heuristics',
  '!("a" in bot.heuristics)',
  'size(bot.heuristics) == 0',
  'bot.score in [1, 2]',
  '1 in [bot.score, 2]',
  'bot.score * 0 == 0',
  '-bot.score < 0',
  'request.headers["x-absent"] == ""',
  'request.headers["x-absent"] != ""',
  '!request.headers["x-absent"].contains("a")',
  'request.headers["__proto__"] == ""',
  'request.headers["constructor"] == ""',
  '1 / 0 == 1',
  '1 % 0 == 1',
  '1.0 / 0.0 > 1.0',
  '9007199254740991 + 1 > 0',
  'request.path.inNetwork("10.0.0.0/8")',
]) {
  test(`unknown without a verdict: ${text}`, () => assert.equal(evaluate(text), undefined));
}

for (const [text, expected] of [
  ['7 / 2 == 3 && -7 / 2 == -3 && 7 % 4 == 3 && 7.0 / 2.0 == 3.5', true],
  ['2 + 3 * 4 - 5 == 9', true],
  ['bot.score < 30', true],
  ['bot.score < 30.5 && bot.score == 10.0', true],
  ['bot.score in [10, 20]', true],
  ['bot.score in [11, 20.0]', false],
  ['bot.score in []', false],
  ['10 in [bot.score]', true],
  ['bot.score in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]', true],
  ['bot.score in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]', false],
  ['request.path == "/products/1" && request.query == "page=2"', true],
  ['request.headers["USER-AGENT"].startsWith("curl/")', true],
  ['"user-agent" in request.headers && !("x" in request.headers)', true],
  ['has(request.headers.host) && !has(request.headers.x)', true],
  ['request.host.upperAscii() == "SHOP.EXAMPLE" && "ÄB".lowerAscii() == "Äb"', true],
  ['size(request.path) == 11 && "abc".size() == 3', true],
  ['request.path.matches("^/products/[0-9]+$") && !request.path.matches("^products")', true],
  ['request.client.inNetwork("192.0.2.0/24") && !request.client.inNetwork("192.0.3.0/24")', true],
  ['"b" > "a" && "a" <= "a"', true],
  ['"no-accept" in bot.heuristics', true],
  ['bot.verified ? false : bot.source == "model"', true],
] as const) {
  test(`${text} is ${expected}`, () => {
    assert.equal(evaluate(text, scored(10, { heuristics: ['no-accept'] })), expected);
  });
}

test('a text longer than patterns look at is unknown, neither matched nor missed', () => {
  const request = head({ path: `/${'a'.repeat(9000)}` });
  assert.equal(evaluate('request.path.matches("a")', absent, request), undefined);
  assert.equal(evaluate('request.path.contains("a")', absent, request), undefined);
  assert.equal(evaluate('request.path.contains(request.path)', absent, head({ path: 'a'.repeat(300) })), undefined);
  assert.equal(evaluate('request.path.startsWith("/a")', absent, request), true);
});
