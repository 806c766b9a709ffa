import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { verifiedLimits } from './limits.ts';
import { parseDictionary, parseItem } from './structuredFields.ts';
import { innerListText, itemText } from './structuredFieldText.ts';

/** What a member comes to, written again. */
function again(text: string): Record<string, string> | undefined {
  const members = parseDictionary(text);
  if (members === undefined) return undefined;
  return Object.fromEntries(
    [...members].map(([key, member]) => [key, member.kind === 'list' ? innerListText(member) : itemText(member)]),
  );
}

for (const [text, written] of [
  ['', {}],
  ['  ', {}],
  ['a=1', { a: '1' }],
  ['a', { a: '?1' }],
  ['a;b', { a: '?1;b' }],
  ['a=?0;b=?1', { a: '?0;b' }],
  ['a=-00012', { a: '-12' }],
  ['a=1.50', { a: '1.5' }],
  ['a=1.0', { a: '1.0' }],
  ['a="x\\"y\\\\"', { a: '"x\\"y\\\\"' }],
  ['a=Token*/:x', { a: 'Token*/:x' }],
  ['a=:aGk=:', { a: ':aGk=:' }],
  ['a=:aGk:', { a: ':aGk=:' }],
  ['a=@1735689600', { a: '@1735689600' }],
  ['a=%"f%c3%bc"', { a: '%"f%c3%bc"' }],
  ['a=1 , \t b=2', { a: '1', b: '2' }],
  ['a=( "x"  "y";k="l" );created=1', { a: '("x" "y";k="l");created=1' }],
  ['a=()', { a: '()' }],
  ['a=1;  x=2', { a: '1;x=2' }],
] as const) {
  test(`read and written: ${text}`, () => assert.deepEqual(again(text), written));
}

for (const text of [
  'A=1',
  '1=a',
  'a=',
  'a=,b=1',
  'a=1,',
  'a=1,,b=2',
  'a=1 b=2',
  'a=1, a=2',
  'a=("x"',
  'a=("x""y")',
  'a=("x",)',
  'a="x',
  'a="\\x"',
  'a="ü"',
  'a="\t"',
  'a=:x',
  'a=:a b:',
  'a=:aGl=:',
  'a=:a=aa:',
  'a=?2',
  'a=?',
  'a=1234567890123456',
  'a=1.',
  'a=1.2345',
  'a=1234567890123.1',
  'a=--1',
  'a=@1.5',
  'a=@',
  'a=%"%C3%BC"',
  'a=%"%c3"',
  'a=%x',
  'a;B=1',
  'a=1;b=1;b=2',
  'a=1 ;b',
  '=1',
  'a=(("x"))',
]) {
  test(`refused: ${text}`, () => assert.equal(parseDictionary(text), undefined));
}

test('an item stands alone', () => {
  assert.equal(itemText(parseItem(' "https://bot.example" ')!), '"https://bot.example"');
  assert.equal(parseItem('"a", "b"'), undefined);
  assert.equal(parseItem(''), undefined);
});

test('every bound holds: characters, members, items, parameters', () => {
  const many = (count: number, part: (index: number) => string, by: string) =>
    Array.from({ length: count }, (_, index) => part(index)).join(by);
  const { fieldCharsMax, membersMax, itemsMax, parametersMax } = verifiedLimits;
  assert.notEqual(parseDictionary(`a="${'x'.repeat(fieldCharsMax - 4)}"`), undefined);
  assert.equal(parseDictionary(`a="${'x'.repeat(fieldCharsMax - 3)}"`), undefined);
  assert.notEqual(parseDictionary(many(membersMax, (index) => `a${index}`, ',')), undefined);
  assert.equal(parseDictionary(many(membersMax + 1, (index) => `a${index}`, ',')), undefined);
  assert.notEqual(parseDictionary(`a=(${many(itemsMax, () => '1', ' ')})`), undefined);
  assert.equal(parseDictionary(`a=(${many(itemsMax + 1, () => '1', ' ')})`), undefined);
  assert.notEqual(parseDictionary(`a${many(parametersMax, (index) => `;p${index}`, '')}`), undefined);
  assert.equal(parseDictionary(`a${many(parametersMax + 1, (index) => `;p${index}`, '')}`), undefined);
});

test('whatever is read is written to what reads the same again, and nothing throws', () => {
  const seed = 9651;
  const random = seededRandom(seed);
  const pieces = [
    'a',
    'sig1',
    '=',
    '(',
    ')',
    ';',
    ',',
    ' ',
    '"x"',
    '"',
    '\\',
    ':aGk=:',
    ':',
    '?1',
    '@5',
    '1.25',
    '-7',
    'tok',
    '%"%c3%bc"',
    '\t',
    'Z',
    'ü',
  ];
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const length = 1 + Math.floor(random.next() * 9);
    const text = Array.from({ length }, () => pieces[Math.floor(random.next() * pieces.length)]!).join('');
    const members = again(text);
    if (members === undefined) continue;
    read += 1;
    const written = Object.entries(members)
      .map(([key, member]) => `${key}=${member}`)
      .join(', ');
    assert.deepEqual(again(written), members, `seed ${seed}, round ${round}: ${text}`);
  }
  assert.ok(read > 500, `only ${read} were read`);
});
