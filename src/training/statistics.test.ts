import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import {
  areaUnderCurve,
  calibrationError,
  fitCalibration,
  shareOf,
  usableCalibration,
} from './evaluation/statistics.ts';

test('Wilson’s interval is that of the literature, and none of three says little', () => {
  const { share, low, high } = shareOf(10, 100);
  assert.equal(share, 0.1);
  assert.ok(Math.abs(low - 0.0552) < 5e-5 && Math.abs(high - 0.1744) < 5e-5, `${low} to ${high}`);
  assert.equal(shareOf(0, 3).low, 0);
  assert.ok(Math.abs(shareOf(0, 3).high - 0.5615) < 5e-5);
  assert.ok(Number.isNaN(shareOf(0, 0).share));
});

test('the area under the curve counts ties as half and is absent without both kinds', () => {
  const people = (logOdds: number) => ({ logOdds, isHuman: true });
  const bots = (logOdds: number) => ({ logOdds, isHuman: false });
  assert.equal(areaUnderCurve([bots(-1), bots(0), people(0), people(1)]), 0.875);
  assert.ok(Number.isNaN(areaUnderCurve([people(1)])));
});

test('a model that is three times too sure is calibrated by a third, and its error nearly goes', () => {
  const random = seededRandom(3);
  const cases = Array.from({ length: 6_000 }, () => {
    const logOdds = (random.next() - 0.5) * 10;
    return { logOdds: logOdds * 3, isHuman: random.next() < 1 / (1 + Math.exp(-logOdds)), weight: 1 };
  });
  const { scale, shift } = fitCalibration(cases);
  assert.ok(Math.abs(scale - 1 / 3) < 0.03 && Math.abs(shift) < 0.15, `${scale}, ${shift}`);
  const after = cases.map((one) => ({ ...one, logOdds: one.logOdds * scale + shift }));
  assert.ok(calibrationError(cases) > 0.05);
  assert.ok(calibrationError(after) < 0.02, `${calibrationError(after)}`);
});

test('calibration does not run away from few cases that are all right, or all wrong', () => {
  for (const sign of [1, -1]) {
    const cases = [-3, -2, 2, 3].map((logOdds) => ({ logOdds, isHuman: logOdds * sign > 0, weight: 0.25 }));
    const { scale, shift } = fitCalibration(cases);
    assert.ok(scale > 0 && scale < 20 && Math.abs(shift) < 5, `${scale}, ${shift}`);
  }
});

test('a model that ranks the wrong way round is left as it is: no scaling helps', () => {
  const cases = [-4, -3, 3, 4].map((logOdds) => ({ logOdds, isHuman: logOdds < 0, weight: 0.25 }));
  assert.ok(fitCalibration(cases).scale < 0.25);
  assert.deepEqual(usableCalibration(cases), { scale: 1, shift: 0 });
});
