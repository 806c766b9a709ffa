import assert from 'node:assert/strict';
import { test } from 'node:test';
import { either, filled, listOf, oneAction, oneOf, recordOf, required, text, wholeNumber } from '../shape/index.ts';
import { Decoder } from './decoder.ts';
import { ExpressionReader } from './expressionReader.ts';
import { ShapeReader } from './shapeReader.ts';
import { parseYaml } from './yamlSource.ts';

/* What no key of today uses, or none uses alone: a module's key may. */
const then = oneAction(
  {
    pass: recordOf({}, { says: 'nothing is done' }),
    wait: recordOf({ forMs: filled(wholeNumber({ min: 1, max: 9, default: 5 })) }, { says: 'a while' }),
    limit: recordOf(
      { rate: required(wholeNumber({ min: 1, max: 100 })), burst: wholeNumber({ min: 1, max: 100 }) },
      { says: 'no more than so many' },
      { check: ({ rate, burst = rate }) => (burst < rate ? 'burst is at least rate' : undefined) },
    ),
  },
  {},
);
const names = listOf(
  text({ once: { scope: 'names', twice: (name, before) => `${name} is ${before} already`, repeated: 'twice' } }),
  { each: 'name', min: 1, max: 3, opens: 'names' },
);
const shape = recordOf(
  {
    then,
    names,
    mode: oneOf(['on', 'off'], {}),
    at: either(text({}), recordOf({ port: wholeNumber({ min: 1, max: 9 }) }, {}), {}),
  },
  { what: 'it' },
);

function read(yaml: string): unknown {
  const source = parseYaml(yaml);
  assert.ok('root' in source && source.root !== null);
  const decoder = new Decoder(source);
  const reader = new ShapeReader(decoder, new ExpressionReader(), { listen: undefined }, new Map());
  const value = reader.read(shape, { path: '', node: source.root }, 'it');
  const problems = decoder.problems().map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  return problems.length > 0 ? problems : value;
}

for (const [yaml, expected] of [
  ['then: pass', { then: { action: 'pass' } }],
  ['then: wait', { then: { action: 'wait', forMs: 5 } }],
  ['then: {wait: {}}', { then: { action: 'wait', forMs: 5 } }],
  ['then: {limit: {rate: 3}}', { then: { action: 'limit', rate: 3 } }],
  ['then: limit', ['1:7 then: limit needs more than the word: limit: {rate}']],
  ['then: {limit: {rate: 3, burst: 2}}', ['1:15 then.limit: burst is at least rate']],
  ['then: {limit: {rate: 3}, wait: {}}', ['1:7 then: then is one thing: "wait" or "limit"']],
  ['then: {}', ['1:7 then: then has no "wait" or "limit"']],
  [
    'then: limt',
    ['1:7 then: then must be one of pass, wait, or wait: {forMs} or limit: {rate, burst}; did you mean "limit"?'],
  ],
  ['names: []', ['1:8 names: names is empty']],
  ['names: [a, b, a]', ['1:15 names[2]: a is names[0] already']],
  ['mode: offf', ['1:7 mode: mode must be on or off; did you mean "off"?']],
  ['mode: 5', ['1:7 mode: mode must be text, not 5; put it in quotes']],
  ['at: here', { at: 'here' }],
  ['at: {port: 5}', { at: { port: 5 } }],
  ['at: {port: 0}', ['1:12 at.port: port must be a whole number from 1 to 9, not 0']],
  ['at: [a]', ['1:5 at: at must be text, not a list']],
] as const) {
  test(yaml, () => assert.deepEqual(read(yaml), expected));
}
