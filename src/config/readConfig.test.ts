import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Content, validatePayload } from '../bundles/index.ts';
import { readConfig, readConfigBytes } from './readConfig.ts';
import { sitesForOrigin } from './sitesForOrigin.ts';

/*
 * Pairs of files: `cases/NAME.yaml` and what it gives, `cases/NAME.expected.json`. To write the expected files anew after
 * a message was changed: `UPDATE_CASES=1 node tools/node.js --test src/config/readConfig.test.ts`, then read the diff.
 */
const folder = new URL('./cases/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

for (const name of names) {
  test(`configuration ${name}`, () => {
    const result = readConfigBytes(readFileSync(new URL(name, folder)));
    const actual = result.ok
      ? { config: result.value }
      : { problems: result.error.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`) };
    const expectedFile = new URL(name.replace(/\.yaml$/, '.expected.json'), folder);
    if (process.env.UPDATE_CASES === '1') writeFileSync(expectedFile, `${JSON.stringify(actual, null, 2)}\n`);
    assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(readFileSync(expectedFile, 'utf8')));
  });
}

test('what the reader accepts, the validator of bundles accepts unchanged', () => {
  for (const name of names) {
    const result = readConfigBytes(readFileSync(new URL(name, folder)));
    if (!result.ok) continue;
    const content = validatePayload('sites', Buffer.from(JSON.stringify(result.value.sites)), {});
    assert.ok(content.ok, `${name}: ${JSON.stringify(content)}`);
    assert.deepEqual((content.value as Extract<Content, { kind: 'sites' }>).file, result.value.sites);
  }
  for (const origin of ['http://127.0.0.1:3000', 'http://App.internal:80/']) {
    assert.ok(validatePayload('sites', Buffer.from(JSON.stringify(sitesForOrigin(origin))), {}).ok, origin);
  }
});

test('what is no text, too large or nested without end is one problem and takes no time', () => {
  const startMs = performance.now();
  for (const [text, expected] of [
    ['a'.repeat((1 << 20) + 1), /larger than/],
    ['['.repeat(1 << 20), /deeper than 32/],
    ['{a: '.repeat(1 << 18), /deeper than 32/],
    ['- '.repeat(1 << 19), /deeper than 100/],
    ['? '.repeat(1 << 19), /deeper than 100/],
    [`${' '.repeat(200)}a: 1`, /deeper than 100/],
    [`a: ${'&x '.repeat(1000)}b`, /./],
    [`a: ${'!x '.repeat(1000)}b`, /./],
    [`${'a: '.repeat(1000)}b`, /./],
  ] as const) {
    const result = readConfig(text);
    assert.ok(!result.ok);
    assert.match(result.error[0]!.message, expected);
  }
  const notText = readConfigBytes(Uint8Array.of(0x61, 0xff, 0xfe));
  assert.match(notText.ok ? '' : notText.error[0]!.message, /not UTF-8/);
  assert.ok(performance.now() - startMs < 5_000);
});

test('twenty thousand keys are compared in time, and the list of problems has an end', () => {
  const startMs = performance.now();
  const result = readConfig(Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'));
  assert.ok(!result.ok);
  assert.equal(result.error.length, 201);
  assert.match(result.error.at(-1)!.message, /^19801 more problems are not listed$/);
  assert.ok(performance.now() - startMs < 5_000, `${performance.now() - startMs} ms`);
});

test('an anchor used without end is refused', () => {
  const site = '{hosts: &h [a], origin: "http://a:1", rules: &r [{name: x, when: "true", then: log}]}';
  const uses = Array.from({ length: 120 }, (_, index) => `  - {hosts: [h${index}], origin: "http://a:1", rules: *r}`);
  const result = readConfig(`sites:\n  - ${site}\n${uses.join('\n')}\n`);
  assert.match(result.ok ? '' : result.error[0]!.message, /more than 100 aliases/);
});

test('two free ports are not one port', () => {
  const sites = 'sites:\n  - {hosts: ["*"], origin: "http://127.0.0.1:3000"}\n';
  assert.ok(readConfig(`listen: 127.0.0.1:0\ncontrol: {listen: "127.0.0.1:0"}\n${sites}`).ok);
});
