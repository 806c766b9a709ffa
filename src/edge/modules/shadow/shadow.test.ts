import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Model, noSeat } from '../../../bots/index.ts';
import type { BotVerdict } from '../../../contract/botVerdict.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { silentLogger } from '../../../kernel/log.ts';
import { ErrorReports } from '../../counts/errorReports.ts';
import { ScoreCounts } from '../../counts/scoreCounts.ts';
import { Guard } from '../../pipeline/guard.ts';
import { compilePath } from '../../pipeline/sitePath.ts';
import { read, untouchedSlots, write } from '../../pipeline/slot.ts';
import { madeRequest, madeSet } from '../../pipeline/testing/made.ts';
import { botsSlot } from '../bots/botsSlot.ts';
import { ShadowModule } from './shadowModule.ts';
import { shadowSlot } from './shadowSlot.ts';

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
const answered = { status: 200, setsCookie: false, nowMs: 0 };

/** Leads a request with that verdict past the shadow, as many times as asked, and tells the shadow's score. */
function shadowed(probability: () => number, verdict: BotVerdict, times = 1) {
  const guard = new Guard(systemClock, new ErrorReports(systemClock, silentLogger));
  const module = new ShadowModule();
  const set = { ...madeSet, shadow: { probability } as unknown as Model };
  const path = compilePath([module], guard, set, undefined);
  const slots = untouchedSlots([module]).slice();
  const request = madeRequest({ slots });
  write(request, botsSlot, { verdict, seat: noSeat });
  for (let time = 0; time < times; time += 1) {
    for (const on of path.record) guard.call(on, on.steps, on.steps.record, request, answered);
  }
  return { score: read(request, shadowSlot), guard };
}

test('the shadow scores what was scored, and nothing where there is no vector', () => {
  assert.equal(shadowed(() => 1, verdictOf(5)).score, 99);
  assert.equal(shadowed(() => 1, absent).score, null);
  assert.equal(new ShadowModule().compile(madeSet), undefined);
});

test('a shadow that throws is left alone in the end, and is no failure that takes a bundle back', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const { score, guard } = shadowed(broken, verdictOf(5), 50);
  assert.deepEqual([score, guard.failures], [null, 0]);
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
