import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { observationBytes } from '../../src/bots/clients/observation.ts';
import { BotJudge, ClientWindows, compileFeatures, compileModel, ObservationBatch } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/featureFile.ts';
import type { ModelFile } from '../../src/contract/modelFile.ts';
import { makeTraffic, type Traffic } from '../../src/factory/training/makeTraffic.ts';
import { seededRandom } from '../../src/kernel/random.ts';

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

/** Area under the curve of the model alone, with each request at a worker drawn by lot, and windows told with a delay. */
function areaOf(traffic: Traffic, workers: number, isTold: boolean): number {
  const random = seededRandom(5);
  const all = Array.from({ length: workers }, () => new ClientWindows({ clientsMax: 16_384, isShared: isTold }));
  const told: Told[] = [];
  let next = 0;
  const scores: { score: number; isHuman: boolean }[] = [];
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
  return areaUnder(scores);
}

/** Chance that a person scores higher than a bot; ties count half. */
function areaUnder(scores: readonly { readonly score: number; readonly isHuman: boolean }[]): number {
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
  const alone = areaOf(traffic.value, 1, false);
  const areas = [2, 4].map((workers) => areaOf(traffic.value, workers, true));
  const apart = areaOf(traffic.value, 4, false);
  context.diagnostic(`1 worker ${alone.toFixed(4)}, 2 and 4 ${areas.map((area) => area.toFixed(4)).join(', ')}`);
  context.diagnostic(`4 that tell each other nothing ${apart.toFixed(4)}; ${traffic.value.requests.length} requests`);
  for (const area of areas) assert.ok(Math.abs(area - alone) <= 0.005, `${area} with more workers, ${alone} with one`);
});
