import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import type { SitesFile } from '../../contract/kinds/sitesFile.ts';
import { requestHead } from '../../http/index.ts';
import { healthTurned } from '../health.ts';
import { adversarialHeads } from './adversarialHeads.ts';
import { rehearseJudges, shiftFindings } from './rehearsal.ts';
import { rehearseSites } from './rehearseSites.ts';

const features: FeatureFile = {
  schema: 1,
  features: [
    {
      name: 'has_accept',
      type: 'UInt8',
      extractor: 'header-present',
      parameters: { header: 'accept' },
      range: [0, 1],
      default: 0,
    },
  ],
};

/** Scores requests with an Accept header by `leaf`, others by its opposite. */
function model(leaf: number): ModelFile {
  return {
    schema: 1,
    name: 'stump',
    features: ['has_accept'],
    bias: 0,
    roots: [0],
    feature: [0, -1, -1],
    threshold: [0.5, -leaf, leaf],
    left: [1, 0, 0],
    right: [2, 0, 0],
    missingRight: [1, 0, 0],
  };
}

function heads(count: number) {
  const browser = [
    'Host',
    'shop.example',
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ];
  return Array.from({ length: count }, (_, index) =>
    requestHead({
      method: 'GET',
      target: `/${index}`,
      version: '1.1',
      rawHeaders: [...browser, 'Accept', 'text/html', 'Accept-Language', 'en', 'Accept-Encoding', 'gzip'],
      scheme: 'http',
      clientAddress: '192.0.2.9',
    }),
  );
}

const nowMs = () => performance.now();

test('the same model again: nothing against it, adversarial requests included', () => {
  const set = { features, model: model(3) };
  assert.deepEqual(rehearseJudges(set, set, heads(60), adversarialHeads(), false, nowMs), []);
});

test('a model that turns scores round: refused twice over, unless the shift is accepted', () => {
  const [old, next] = [
    { features, model: model(3) },
    { features, model: model(-3) },
  ];
  const findings = rehearseJudges(old, next, heads(60), adversarialHeads(), false, nowMs);
  assert.deepEqual(
    findings.map(({ reason }) => reason),
    ['rehearsal-score-shift', 'rehearsal-score-shift'],
  );
  assert.deepEqual(rehearseJudges(old, next, heads(60), adversarialHeads(), true, nowMs), []);
});

test('a first model has nothing to shift from', () => {
  assert.deepEqual(rehearseJudges({}, { features, model: model(-3) }, heads(60), adversarialHeads(), false, nowMs), []);
});

test('bounds of the shift: 25 points on average, one in five that falls below 30', () => {
  const pairs = (count: number, before: number, after: number) =>
    Array.from({ length: count }, () => ({ before, after }));
  assert.deepEqual(shiftFindings(pairs(60, 50, 75)), []);
  assert.equal(shiftFindings(pairs(60, 50, 76)).length, 1);
  assert.deepEqual(shiftFindings(pairs(19, 1, 99)), []);
  assert.deepEqual(shiftFindings([...pairs(40, 31, 31), ...pairs(10, 31, 29)]), []);
  assert.equal(shiftFindings([...pairs(39, 31, 31), ...pairs(11, 31, 29)]).length, 1);
});

test('a clock that says every judgement takes long: too slow', () => {
  let ms = 0;
  const findings = rehearseJudges({}, { features, model: model(1) }, heads(5), [], false, () => {
    ms += 50;
    return ms;
  });
  assert.equal(findings[0]?.reason, 'rehearsal-too-slow');
});

test('one hostile request that is slow each time: too slow, however quick the others are; slow once is luck', () => {
  const clock = (slowCalls: number) => {
    let ms = 0;
    let readings = 0;
    return () => {
      readings += 1;
      if (readings % 2 === 0 && readings <= 2 * slowCalls) ms += 50;
      return ms;
    };
  };
  const set = { features, model: model(1) };
  const [hostile] = adversarialHeads();
  const rehearse = (slowCalls: number) => rehearseJudges(set, set, heads(60), [hostile!], false, clock(slowCalls));
  assert.deepEqual(
    rehearse(3).map(({ reason, value }) => [reason, value]),
    [['rehearsal-too-slow', 50]],
  );
  assert.deepEqual(rehearse(2), []);
});

test('the shipped judge takes every hostile request well within the bound', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../../shipped/${name}.json`, import.meta.url), 'utf8'));
  const set = { features: read('features'), model: read('model') };
  assert.deepEqual(rehearseJudges(set, set, heads(60), adversarialHeads(), false, nowMs), []);
});

test('rules: one that blocks by path passes, one that would block because the score is absent does not', () => {
  const sites = (when: string): SitesFile => ({
    schema: 1,
    sites: [
      {
        name: 'default',
        hosts: ['*'],
        origin: 'http://127.0.0.1:9',
        rules: [
          {
            name: 'r',
            when,
            then: { action: 'block', status: 403, body: '' },
            dryRun: false,
            whenAbsent: 'never-block',
          },
        ],
      },
    ],
  });
  const check = (when: string) => rehearseSites(undefined, sites(when), [...adversarialHeads(), ...heads(20)], nowMs);
  assert.deepEqual(check('request.path == "/1"'), []);
  assert.deepEqual(check('bot.score < 30'), []);
});

test('health: a rise that was usual before is no turn, one in a hundred is none, every request is', () => {
  const health = (requests: number, moduleFailures: number) => ({
    requests,
    moduleFailures,
    status5xxOwn: 0,
    upstreamFailures: 0,
    refusals: 0,
    logRecordsDropped: 0,
    rejected: {},
    latencyP99Ms: 1,
    rssBytes: 1,
  });
  assert.equal(healthTurned(health(0, 0), health(100, 10), health(200, 25)), undefined);
  assert.equal(healthTurned(health(0, 0), health(100, 0), health(300, 2)), undefined);
  assert.match(
    healthTurned(health(0, 0), health(100, 0), health(110, 10)) ?? '',
    /moduleFailures rose by 10 in 10 requests/,
  );
  const opened = (circuitOpenings: number) => ({ ...health(100, 0), circuitOpenings });
  assert.match(healthTurned(opened(0), opened(0), opened(1)) ?? '', /left alone 1 times/);
  assert.equal(healthTurned(opened(0), opened(1), opened(3)), undefined, 'it was so before');
  assert.equal(healthTurned(undefined, health(100, 0), opened(0)), undefined);
});
