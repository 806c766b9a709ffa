import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../contract/kinds/featureFile.ts';
import { checkFeatureDefinition } from './checkFeatureDefinition.ts';
import { extractors } from './extractors/registry.ts';
import { botLimits } from './facts/limits.ts';
import { definition } from './testing/features.ts';

function messages(checked: FeatureDefinition): string[] {
  return checkFeatureDefinition(checked).map(({ reason, message }) => `${reason}: ${message}`);
}

test('every extractor has a name of words, a sentence, and a definition that passes', () => {
  for (const extractor of extractors.values()) {
    assert.match(extractor.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(extractor.summary, /^[\w`/].*\.$/s, extractor.name);
    const parameters: Record<string, string | number | boolean | readonly string[]> = {};
    for (const [name, spec] of Object.entries(extractor.parameters)) {
      if (spec.fallback !== undefined) continue;
      parameters[name] = {
        'header-name': 'X-A',
        text: 'a',
        number: 1,
        boolean: true,
        'header-names': ['X-A'],
        texts: ['a'],
      }[spec.kind];
    }
    assert.deepEqual(messages(definition(extractor.name, { parameters })), []);
  }
});

test('an unknown extractor is one finding, hostile names included', () => {
  for (const name of ['nothing', '__proto__', 'constructor', '']) {
    const [finding, ...rest] = checkFeatureDefinition(definition(name, { name: 'f' }));
    assert.equal(finding?.reason, 'feature-extractor-unknown');
    assert.deepEqual(finding?.names, ['f']);
    assert.deepEqual(rest, []);
  }
});

test('every problem of the parameters is told, not the first alone', () => {
  const found = messages(
    definition('user-agent-age', { parameters: { newestChromium: 'new', newestFirefox: 0, extra: 1 } }),
  );
  assert.equal(found.length, 4);
  assert.match(found.join('\n'), /extra is unknown/);
  assert.match(found.join('\n'), /newestChromium must be a number from 1 to 9999/);
  assert.match(found.join('\n'), /newestFirefox must be a number/);
  assert.match(found.join('\n'), /newestSafari is missing/);
  for (const line of found) assert.match(line, /^feature-parameter-invalid: .*\.$/);
});

test('each kind of parameter refuses what it cannot be', () => {
  const refused: [string, FeatureDefinition['parameters']][] = [
    ['header-present', { header: '' }],
    ['header-present', { header: 'a b' }],
    ['header-present', { header: 'a\r\nb' }],
    ['header-present', { header: 7 }],
    ['header-present', { header: 'a'.repeat(129) }],
    ['header-present', JSON.parse('{"__proto__": "x", "header": "a"}')],
    ['any-header-present', { headers: [] }],
    ['any-header-present', { headers: ['a', ':b'] }],
    ['any-header-present', { headers: 'a' }],
    ['path-probe', { fragments: new Array(botLimits.parameterListMax + 1).fill('/a') }],
    ['path-probe', { fragments: [''] }],
    ['path-starts-with', { prefix: 'a'.repeat(botLimits.parameterTextCharsMax + 1) }],
    ['user-agent-age', { newestChromium: Number.NaN, newestFirefox: 1, newestSafari: 1 }],
    ['header-count', Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, 1]))],
  ];
  for (const [extractor, parameters] of refused) {
    assert.equal(checkFeatureDefinition(definition(extractor, { parameters })).length, 1, JSON.stringify(parameters));
  }
});
