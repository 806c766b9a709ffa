import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionFailure } from '../kernel/assert.ts';
import { BotJudge } from './botJudge.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { explainScore } from './explainScore.ts';
import { compileFeatures } from './featureSet.ts';
import { compileModel } from './model.ts';
import { definition } from './testing/features.ts';
import { asFile } from './testing/forest.ts';
import { chromeRequests, headOf, toolRequests } from './testing/heads.ts';

const file = {
  schema: 1 as const,
  features: [
    definition('header-present', { name: 'has_language', parameters: { header: 'accept-language' }, default: 0 }),
    definition('header-length', { name: 'cookie_length', parameters: { header: 'cookie' } }),
  ],
};
const features = compileFeatures(file);
const model = compileModel(
  asFile(
    [
      { feature: 'has_language', threshold: 1, missingRight: false, left: { output: -2 }, right: { output: 2 } },
      { feature: 'cookie_length', threshold: 3, missingRight: true, left: { output: -1 }, right: { output: 1 } },
    ],
    ['cookie_length', 'has_language'],
    0.25,
  ),
  features,
);
const judge = new BotJudge(features, model);
const browser = headOf(chromeRequests.navigation!);
const curl = headOf(toolRequests(null).curl!);
const windowOf = (head: typeof browser) => new ClientWindows({ clientsMax: 1 }).observe(head, 0);

test('the model gives the score of its probability', () => {
  const verdict = judge.judge(browser, windowOf(browser));
  assert.ok(verdict.kind === 'scored');
  const probability = 1 / (1 + Math.exp(-(0.25 + 2 + 1)));
  assert.equal(verdict.score, 2 + Math.round(probability * 97));
  assert.equal(verdict.source, 'model');
  assert.deepEqual(verdict.heuristics, []);
  assert.deepEqual([...verdict.vector], [1, Number.NaN]);
  assert.equal(verdict.verified, false);
});

test('a heuristic makes it 1, with the vector for the log; told not to, the model decides', () => {
  const verdict = judge.judge(curl, windowOf(curl));
  assert.ok(verdict.kind === 'scored');
  assert.equal(verdict.score, 1);
  assert.equal(verdict.source, 'heuristics');
  assert.deepEqual(verdict.heuristics, ['tool-user-agent']);
  assert.equal(verdict.vector.length, 2);
  const model = judge.judge(curl, windowOf(curl), { heuristics: false });
  assert.ok(model.kind === 'scored');
  assert.equal(model.source, 'model');
  assert.ok(model.score >= 2);
});

test('without features or model the score is absent, also for what heuristics would hit', () => {
  assert.deepEqual(new BotJudge(undefined, undefined).judge(curl, windowOf(curl)), {
    kind: 'absent',
    reason: 'no-features',
  });
  assert.deepEqual(new BotJudge(features, undefined).judge(curl, windowOf(curl)), {
    kind: 'absent',
    reason: 'no-model',
  });
});

test('a model is used with the feature set that it was compiled for', () => {
  assert.throws(() => new BotJudge(compileFeatures(file), model), AssertionFailure);
});

test('each verdict owns its vector', () => {
  const one = judge.judge(browser, windowOf(browser));
  const other = judge.judge(curl, windowOf(curl));
  assert.ok(one.kind === 'scored' && other.kind === 'scored');
  assert.notEqual(one.vector, other.vector);
  assert.equal(one.vector[0], 1);
  assert.equal(other.vector[0], 0);
});

test('a changed default changes the score exactly as computed by hand', () => {
  const changed = compileFeatures({ ...file, features: file.features.with(1, { ...file.features[1]!, default: 2 }) });
  const changedModel = compileModel(
    asFile(
      [{ feature: 'cookie_length', threshold: 3, missingRight: true, left: { output: -1 }, right: { output: 1 } }],
      ['cookie_length'],
      0,
    ),
    changed,
  );
  const verdict = new BotJudge(changed, changedModel).judge(browser, windowOf(browser));
  assert.ok(verdict.kind === 'scored');
  // Missing went right (+1 → 73 %); the default 2 is below 3 and goes left (-1 → 27 %).
  assert.equal(verdict.score, 2 + Math.round((97 * 1) / (1 + Math.exp(1))));
});

test('an explanation adds up, names heuristics, and says what the model thinks all the same', () => {
  const explained = explainScore(judge, curl, windowOf(curl));
  assert.ok(explained.kind === 'scored');
  assert.equal(explained.verdict.score, 1);
  assert.deepEqual(
    explained.heuristics.map(({ id }) => id),
    ['tool-user-agent'],
  );
  const sum = explained.features.reduce((total, { contribution }) => total + contribution, explained.model.base);
  assert.ok(Math.abs(sum - explained.model.logOdds) < 1e-12);
  assert.deepEqual(explained.features, [{ feature: 'has_language', value: 0, contribution: -4 }]);
  assert.equal(explained.model.base, 3.25);
  assert.match(explained.model.comparedWith, /Chromium over plain http$/);
  assert.equal(explainScore(new BotJudge(features, undefined), curl, windowOf(curl)).kind, 'absent');
});
