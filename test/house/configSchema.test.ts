import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/index.ts';

/*
 * The schema for editors is made of the same rows as the reader, so what it could get wrong is its own language: it is
 * read here by the rules of JSON Schema (draft 7), as far as it uses them.
 */
type Schema = Readonly<Record<string, unknown>>;
type Json = Readonly<Record<string, unknown>>;

const schema: Schema = JSON.parse(readFileSync(new URL('../../shipped/holdfast.schema.json', import.meta.url), 'utf8'));
const cases = new URL('../../src/config/cases/', import.meta.url);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value;

/** What an object is asked by one word of the schema; of what is none, each of these says nothing. */
const objectWords: Readonly<Record<string, (value: Json, said: never, schema: Schema) => boolean>> = {
  required: (value, names: readonly string[]) => names.every((name) => name in value),
  properties: (value, all: Readonly<Record<string, Schema>>) =>
    Object.entries(all).every(([name, inner]) => !(name in value) || fits(inner, value[name])),
  additionalProperties: (value, rest: false | Schema, { properties = {} }) =>
    Object.entries(value)
      .filter(([name]) => !Object.hasOwn(properties as object, name))
      .every(([, inner]) => rest !== false && fits(rest, inner)),
  propertyNames: (value, names: Schema) => Object.keys(value).every((name) => fits(names, name)),
  maxProperties: (value, max: number) => Object.keys(value).length <= max,
};

const words: Readonly<Record<string, (value: unknown, said: never) => boolean>> = {
  type: (value, types: string | readonly string[]) => [types].flat().includes(typeOf(value)),
  enum: (value, known: readonly unknown[]) => known.includes(value),
  const: (value, known: unknown) => value === known,
  minimum: (value, min: number) => typeof value !== 'number' || value >= min,
  maximum: (value, max: number) => typeof value !== 'number' || value <= max,
  maxLength: (value, max: number) => typeof value !== 'string' || value.length <= max,
  minItems: (value, min: number) => !Array.isArray(value) || value.length >= min,
  maxItems: (value, max: number) => !Array.isArray(value) || value.length <= max,
  items: (value, item: Schema) => !Array.isArray(value) || value.every((each) => fits(item, each)),
  anyOf: (value, some: readonly Schema[]) => some.some((each) => fits(each, value)),
};

const silent = ['$schema', 'title', 'description', 'default'];

function fits(one: Schema, value: unknown): boolean {
  return Object.entries(one).every(([word, said]) => {
    if (silent.includes(word)) return true;
    const ofObjects = objectWords[word];
    if (ofObjects !== undefined) return !isObject(value) || ofObjects(value, said as never, one);
    const ask = words[word];
    assert.ok(ask, `the schema says "${word}", which this test does not know`);
    return ask(value, said as never);
  });
}

const texts = readdirSync(cases)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, cases), 'utf8') }));

test('every configuration that the reader takes fits the schema', () => {
  const taken = texts.filter(({ text }) => readConfig(text).ok);
  assert.ok(taken.length >= 7);
  assert.deepEqual(
    taken.filter(({ text }) => !fits(schema, parse(text))).map(({ name }) => name),
    [],
  );
});

test('an unknown key, a missing one, a number beyond its range and a wrong type fit nowhere', () => {
  const site = { hosts: ['a.example'], origin: 'http://a:1' };
  const rule = { name: 'a', when: true, then: 'block' };
  const good = (more: object) => ({ sites: [{ ...site, ...more }] });
  for (const [value, isGood] of [
    [good({}), true],
    [good({ rules: [rule, { ...rule, then: { block: { status: 429 } } }] }), true],
    [good({ errorPages: { 502: 'x' } }), true],
    [{}, false],
    [{ sites: [] }, false],
    [{ ...good({}), lisen: 'a:1' }, false],
    [good({ upstream: { keepAliveMs: -1 } }), false],
    [good({ upstream: { tls: { verify: 'no' } } }), false],
    [good({ upstream: { health: {} } }), false],
    [good({ rules: [{ ...rule, then: 'blok' }] }), false],
    [good({ rules: [{ ...rule, then: { block: { status: 200 } } }] }), false],
    [good({ rules: [{ name: 'a', when: true }] }), false],
    [good({ errorPages: { 200: 'x' } }), false],
    [good({ redirects: [{ from: '/a', to: '/b', status: 200 }] }), false],
    [good({ requestHeaders: { unset: {} } }), false],
  ] as const) {
    assert.equal(fits(schema, JSON.parse(JSON.stringify(value))), isGood, JSON.stringify(value));
  }
});
