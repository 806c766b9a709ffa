import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { observationBytes } from '../../src/bots/clients/observation.ts';
import { BotJudge, ClientWindows, compileFeatures, compileModel, ObservationBatch } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { makeTraffic, type Traffic } from '../../src/training/traffic/makeTraffic.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../shipped/${name}`, import.meta.url), 'utf8'));
const features = compileFeatures(read('features.json') as FeatureFile);
const judge = new BotJudge(features, compileModel(read('model.json') as ModelFile, features));
const sessionsPerLabel = process.env.HOLDFAST_TEST_WHOLE === '1' ? 2_000 : 120;
/** What one worker saw is known to the others so much later: three times what is waited before it is told. */
const delayMs = 30;

interface Told {
  readonly atMs: number;
  readonly from: number;
  readonly batch: ObservationBatch;
}

interface Scored {
  readonly score: number;
  readonly isHuman: boolean;
}

/** Scores of the model alone, with each request at a worker drawn by lot, and windows told with a delay. */
function scoresOf(traffic: Traffic, workers: number, isTold: boolean): readonly Scored[] {
  const random = seededRandom(5);
  const all = Array.from({ length: workers }, () => new ClientWindows({ clientsMax: 16_384, isShared: isTold }));
  const told: Told[] = [];
  let next = 0;
  const scores: Scored[] = [];
  for (const { session, atMs, head, status } of traffic.requests) {
    for (; next < told.length && told[next]!.atMs <= atMs; next += 1) {
      const { from, batch } = told[next]!;
      for (const [index, windows] of all.entries()) {
        if (index === from) continue;
        // An observation of a week of traffic in which nothing else happened for a while is not late.
        assert.equal(windows.countAll(batch, batch.observationsMax, batch.doubles[0]!), batch.observationsMax);
      }
    }
    const from = Math.floor(random.next() * workers);
    const windows = all[from]!;
    const verdict = judge.judge(head, windows.observe(head, atMs), { heuristics: false });
    windows.recordAnswer(head, { status }, atMs + 20);
    const bytes = windows.takeObservations();
    if (bytes !== undefined) {
      const batch = new ObservationBatch(bytes.length / observationBytes, bytes.buffer as ArrayBuffer);
      told.push({ atMs: atMs + delayMs, from, batch });
    }
    if (session === -1 || verdict.kind !== 'scored') continue;
    scores.push({ score: verdict.score, isHuman: traffic.sessions[session]!.label === 'human' });
  }
  return scores;
}

/** So far a score may move, because something came 30 ms later. */
const pointsMax = 4;

/** Share of the requests whose score is another one than with one worker. */
function otherShare(scores: readonly Scored[], alone: readonly Scored[]): number {
  return scores.filter(({ score }, index) => Math.abs(score - alone[index]!.score) > pointsMax).length / alone.length;
}

/** Chance that a person scores higher than a bot; ties count half. */
function areaUnder(scores: readonly Scored[]): number {
  const humans = new Float64Array(100);
  const bots = new Float64Array(100);
  for (const { score, isHuman } of scores) (isHuman ? humans : bots)[score]! += 1;
  let below = 0;
  let wins = 0;
  for (let score = 0; score < 100; score += 1) {
    wins += humans[score]! * (below + bots[score]! / 2);
    below += bots[score]!;
  }
  return wins / (below * humans.reduce((sum, count) => sum + count, 0));
}

test('the model is as good with 2 and 4 workers as with one', (context) => {
  const traffic = makeTraffic(77, sessionsPerLabel, 'without-recorded');
  assert.ok(traffic.ok);
  const alone = scoresOf(traffic.value, 1, false);
  const together = [2, 4].map((workers) => scoresOf(traffic.value, workers, true));
  const apart = scoresOf(traffic.value, 4, false);
  const say = (scores: readonly Scored[]) =>
    `AUC ${areaUnder(scores).toFixed(4)}, ${(100 * otherShare(scores, alone)).toFixed(2)} % of the scores are others`;
  context.diagnostic(`1 worker: ${say(alone)}; ${traffic.value.requests.length} requests`);
  for (const [index, scores] of together.entries()) context.diagnostic(`${2 << index} workers: ${say(scores)}`);
  context.diagnostic(`4 that tell each other nothing: ${say(apart)}`);
  for (const scores of together) {
    const [area, areaAlone] = [areaUnder(scores), areaUnder(alone)];
    assert.ok(Math.abs(area - areaAlone) <= 0.005, `${area} with more workers, ${areaAlone} with one`);
  }
  // The area hardly moves where heads alone tell most: what telling is for is that each request has the score of one worker.
  const [told, untold] = [otherShare(together[1]!, alone), otherShare(apart, alone)];
  assert.ok(told <= 0.05 && told * 4 <= untold, `${told} of the scores are others, ${untold} without telling`);
});
