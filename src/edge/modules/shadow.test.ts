import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../bots/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import { systemClock } from '../../kernel/clock.ts';
import { silentLogger } from '../../kernel/log.ts';
import { ErrorReports } from '../counts/errorReports.ts';
import { ScoreCounts } from '../counts/scoreCounts.ts';
import { CircuitGuard } from '../pipeline/guard.ts';
import { shadowModule } from './shadow/shadow.ts';

const absent: BotVerdict = { kind: 'absent', reason: 'killed' };
const verdictOf = (score: number, source: 'model' | 'heuristics' = 'model'): BotVerdict => ({
  kind: 'scored',
  score,
  source,
  heuristics: [],
  vector: new Float32Array(1),
  headerOrder: 0,
  verified: false,
});
const saying = (probability: () => number) => ({ shadow: { probability } as unknown as Model });

test('the shadow scores what was scored, and nothing where there is no vector', () => {
  const set = saying(() => 1);
  assert.equal(shadowModule.run({ set, verdict: verdictOf(5) }), 99);
  assert.equal(shadowModule.run({ set, verdict: absent }), null);
  assert.equal(shadowModule.run({ set: { shadow: undefined }, verdict: verdictOf(5) }), null);
});

test('a shadow that throws is left alone in the end, and is no failure that takes a bundle back', () => {
  const guard = new CircuitGuard(systemClock, new ErrorReports(systemClock, silentLogger));
  const set = saying(() => {
    throw new Error('broken');
  });
  for (let call = 0; call < 50; call += 1) {
    assert.equal(guard.call(shadowModule, { set, verdict: verdictOf(5) }, false), null);
  }
  assert.equal(guard.failures, 0);
  const counts = guard.modules.get('shadow')!;
  assert.deepEqual([counts.isBystander, counts.failures, counts.openings], [true, 20, 1]);
});

test('scores are counted in tens, and agreement around 30 for what the model decided', () => {
  const counts = new ScoreCounts();
  counts.add(verdictOf(1, 'heuristics'), 80);
  counts.add(verdictOf(29), 30);
  counts.add(verdictOf(30), 29);
  counts.add(verdictOf(99), 99);
  counts.add(verdictOf(5), null);
  counts.add(absent, null);
  const of = (model: string) =>
    counts
      .scores()
      .filter(([name]) => name === model)
      .map(([, , count]) => count);
  assert.deepEqual(of('active'), [2, 0, 1, 1, 0, 0, 0, 0, 0, 1]);
  assert.deepEqual(of('shadow'), [0, 0, 1, 1, 0, 0, 0, 0, 1, 1]);
  assert.deepEqual(Object.fromEntries(counts.agreements()), {
    'both-below': 0,
    'both-above': 1,
    'below-above': 1,
    'above-below': 1,
  });
});
