import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExpression } from './checkExpression.ts';

/** `line:column reason message` of every problem. */
function problems(text: string): string[] {
  const checked = checkExpression(text);
  return checked.ok ? [] : checked.error.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
}

test('every field and function of the language is taken', () => {
  for (const text of [
    'bot.score < 30 && !bot.verified',
    'bot.source == "heuristics" || "no-accept" in bot.heuristics || size(bot.heuristics) > 2',
    'request.method in ["GET", "HEAD"] && request.version != "1.0" && request.scheme == "http"',
    'request.path.startsWith("/a") && request.query.contains("x") && request.target.endsWith("y")',
    'request.host == "shop.example" ? true : false',
    'request.headers["User-Agent"].lowerAscii().matches("bot|crawl") || request.headers.host.upperAscii() == "A"',
    '"x-a" in request.headers && has(request.headers.accept) && size(request.path) + 1 > 2 * 3 - 4 % 5 / 6',
    'request.client.inNetwork("10.0.0.0/8") || request.client.address == "::1"',
    'request.headers["x-real-ip"].inNetwork("2001:db8::/32")',
    'matches(request.path, r"^/\\d+$") && -1 < 2.5 // a comment',
    'bot.score in [1, 2, size(request.path)]',
    'true',
  ]) {
    assert.deepEqual(problems(text), [], text);
  }
});

test('all problems are told at once, each where it stands', () => {
  assert.deepEqual(problems('bot.scroe < 30\n  && request.path.startWith("/x") && request.path > 3'), [
    '1:1 there is no field bot.scroe; did you mean "bot.score"?',
    '2:18 there is no function startWith; did you mean "startsWith"?',
    '2:51 a text cannot be compared with a whole number',
  ]);
});

for (const [text, expected] of [
  ['bot', 'bot has fields: bot.verified, bot.operator, bot.category, bot.score, bot.source, bot.heuristics'],
  ['bot.score', 'the expression is a whole number; a rule needs true or false'],
  ['has(bot.score)', 'a rule cannot ask whether there is a score'],
  ['has(request.path)', 'request.path is always there'],
  ['request.headers', 'name one header'],
  ['request.headers[request.path] == "x"', "a header's name must be written out"],
  ['request.headers["a b"] == "x"', 'can be no header'],
  ['request.path["x"] == "y"', 'only request.headers takes [ ]'],
  ['request.path.matches(request.query)', 'a pattern must be written out'],
  ['request.path.matches("(a")', 'this is no RE2 pattern: missing closing )'],
  ['request.path.matches("a(?=b)")', 'this is no RE2 pattern: invalid or unsupported Perl syntax: `(?=`'],
  ['request.path.matches("(a)\\\\1")', 'this is no RE2 pattern: invalid escape sequence'],
  ['request.path.startsWith()', 'startsWith takes one argument, not 0'],
  ['request.path.startsWith("a", "b")', 'startsWith takes one argument, not 2'],
  ['startsWith(request.path, "a")', 'startsWith stands behind what it looks at'],
  ['request.path.size(1) > 1', 'size takes nothing, not 1'],
  ['bot.score.contains("a")', 'contains needs a text, this is a whole number'],
  ['request.client.inNetwork("10.0.0.0/33")', 'inNetwork takes a network'],
  ['request.path + "a" == "b"', '`+` needs numbers, not a text'],
  ['bot.score + 1.5 > 2.0', 'mixes a whole and a decimal number'],
  ['1.5 % 2.0 == 1.0', '`%` needs whole numbers'],
  ['!bot.score', '`!` needs true or false'],
  ['bot.score && true', '`&&` needs true or false'],
  ['bot.verified < true', 'compares numbers or texts'],
  ['bot.verified == "true"', 'true or false cannot be compared with a text'],
  ['bot.score in ["a"]', 'the list holds a text, but a whole number is looked for'],
  ['bot.heuristics in ["a"]', 'looks for one value'],
  ['[true]', 'a list can stand only behind `in`'],
  ['{"a": true}["a"]', 'maps and messages'],
  ['["a"].exists(x, x == request.path)', 'loops'],
  ['bot.heuristics.exists(x, x == "a")', 'loops'],
  ['true ? 1 : "a"', 'both sides of `:` need one type'],
  ['bot.score < 30u', 'leave the `u` away'],
  ['request.path == b"x"', 'leave the `b` away'],
  ['request.path == null', '`null` is no part'],
  ['bot.score < 9007199254740993', 'whole numbers go up to'],
  ['bot.score <', 'this is no expression'],
  ['bot.score < 30 && "abc', 'this is no expression'],
  ['   ', 'the expression is empty'],
  ['', 'the expression is empty'],
] as const) {
  test(`${JSON.stringify(text)} is refused: ${expected}`, () => {
    const found = problems(text);
    assert.ok(
      found.some((problem) => problem.includes(expected)),
      `found ${JSON.stringify(found)}`,
    );
  });
}

/** Everything a text of 4,096 characters can do to a recursive parser, a recursive checker and a recursive compiler. */
for (const [name, text] of [
  ['parentheses', `${'('.repeat(2047)}1${')'.repeat(2047)}`],
  ['parentheses never closed', '('.repeat(4096)],
  ['parentheses behind a raw string', `r"\\" == "" || ${'('.repeat(4000)}`],
  ['parentheses behind a triple-quoted string', `"""a"b""" == "" || ${'('.repeat(4000)}`],
  ['parentheses behind a comment with a quote', `// "\n${'('.repeat(4000)}`],
  ['lists', '['.repeat(4096)],
  ['calls', 'f('.repeat(2048)],
  ['member calls', 'a.f('.repeat(1024)],
  ['indexes', 'a['.repeat(2048)],
  ['maps', '{1:'.repeat(1365)],
  ['messages', 'a{b:'.repeat(1024)],
  ['ternaries', `${'true?1:'.repeat(585)}1`],
  ['nots', `${'!'.repeat(4093)}tru`],
  ['nots and parentheses', '!('.repeat(2048)],
  ['minuses', `${'-'.repeat(4095)}1`],
  ['selects', `a${'.b'.repeat(2047)}`],
  ['has over selects', `has(a${'.b'.repeat(2000)})`],
  ['additions', `${'1+'.repeat(2040)}1 > 0`],
  ['comparisons', Array(2000).fill('1').join('<')],
  ['ands', Array(800).fill('true').join('&&')],
  ['list items', `bot.score in [${Array(1900).fill('1').join(',')}]`],
  ['quotes', '"'.repeat(4096)],
  ['backslashes', `"${'\\'.repeat(4094)}`],
] as const) {
  test(`4,096 characters of ${name} are refused in time and overflow nothing`, () => {
    const startMs = performance.now();
    const found = problems(text.slice(0, 4096));
    assert.notDeepEqual(found, []);
    assert.ok(performance.now() - startMs < 1_000, `took ${performance.now() - startMs} ms`);
  });
}

test('cost limits: size, operations, height, list items', () => {
  const reasons = (text: string) => {
    const checked = checkExpression(text);
    return checked.ok ? [] : checked.error.map((problem) => problem.reason);
  };
  assert.deepEqual(reasons(`true ${' '.repeat(4096)}`), ['rule-too-costly']);
  assert.deepEqual(reasons(Array(100).fill('true').join('&&')), []);
  assert.deepEqual(reasons(Array(200).fill('true').join('&&')), ['rule-too-costly']);
  assert.deepEqual(reasons(`${'1+'.repeat(50)}1 > 0`), []);
  assert.deepEqual(reasons(`${'1+'.repeat(100)}1 > 0`), ['rule-too-costly']);
  assert.deepEqual(reasons(`bot.score in [${Array(500).fill('1').join(',')}]`), []);
  assert.deepEqual(reasons(`bot.score in [${Array(501).fill('1').join(',')}]`), ['rule-too-costly']);
  assert.deepEqual(reasons(`request.path.contains("${'a'.repeat(257)}")`), ['rule-too-costly']);
});

test('brackets in texts and comments do not nest, brackets that are never closed do', () => {
  const brackets = '('.repeat(40);
  for (const text of [
    `"${brackets}"`,
    `'${brackets}'`,
    `r"\\${brackets}"`,
    `"""a"${brackets}"""`,
    `"\\"${brackets}"`,
  ]) {
    assert.deepEqual(problems(`request.path == ${text} // ${brackets}`), [], text);
  }
  // Without the count before parsing, the library takes half a second for these.
  assert.match(problems(`true || ${'('.repeat(300)}`)[0] ?? '', /^1:41 brackets and ternaries go deeper than 32/);
});
