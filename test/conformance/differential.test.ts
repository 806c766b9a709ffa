import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageFaults } from '../../src/http/index.ts';
import { counterExamples } from './counterExamples.ts';
import { differenceIn, differentialInput, runDifferential, sentenceOf } from './differential.ts';
import { ourReading } from './ourReading.ts';

// The whole run is `npm run fuzz:http`: a million inputs.
test('20,000 mutated messages: nothing is taken that llhttp refuses, what both take is framed alike, however it is split', () => {
  const report = runDifferential(20, 20_000);
  assert.deepEqual(report.findings.map(sentenceOf), []);
  assert.ok(report.taken > 4_000, `both take ${report.taken}`);
  assert.ok(report.refusedByBoth > 8_000, `both refuse ${report.refusedByBoth}`);
  assert.ok(report.splits > 20_000, `${report.splits} readings in pieces`);
  const missing = Object.keys(messageFaults).filter((fault) => !report.faults.has(fault));
  assert.deepEqual(missing, [], 'every reason occurs');
});

for (const { found, kind, isHead = false, text, outcome, fault } of counterExamples) {
  test(`found once: ${found}`, () => {
    const input = { kind, isHead, bytes: Buffer.from(text, 'latin1') };
    const ours = ourReading(input);
    assert.deepEqual([ours.outcome, ours.fault], [outcome, fault]);
    assert.equal(differenceIn(input, 1), undefined);
  });
}

test('an input is made again from its seed and number', () => {
  assert.deepEqual(differentialInput(7, 123), differentialInput(7, 123));
  assert.notDeepEqual(differentialInput(7, 123), differentialInput(8, 123));
});
