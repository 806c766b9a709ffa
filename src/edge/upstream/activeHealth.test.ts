import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { ActiveHealth, type HealthChoices } from './activeHealth.ts';

const choices: HealthChoices = {
  path: '/',
  host: undefined,
  intervalMs: 1,
  timeoutMs: 1,
  unhealthyAfter: 3,
  healthyAfter: 2,
};

/** `+` a good probe, `-` a bad one; gives the verdict after each. */
function verdicts(probes: string): string {
  const health = new ActiveHealth();
  return [...probes]
    .map((probe) => {
      health.onProbe(probe === '+', choices);
      return health.isHealthy ? '+' : '-';
    })
    .join('');
}

for (const [probes, expected] of [
  ['---', '++-'],
  ['--+--+--', '++++++++'],
  ['---+-+-++', '++------+'],
  ['---++---', '++--+++-'],
  ['', ''],
] as const) {
  test(`probes ${probes || 'none'} make it ${expected || 'healthy'}`, () => assert.equal(verdicts(probes), expected));
}

test('any sequence: the verdict is that of the last run that was long enough', () => {
  const random = seededRandom(4);
  for (let round = 0; round < 500; round++) {
    const probes = Array.from({ length: 40 }, () => (random.next() < 0.5 ? '+' : '-')).join('');
    for (let length = 1; length <= 40; length++) {
      const seen = probes.slice(0, length);
      const deciding = Math.max(seen.lastIndexOf('---'), seen.lastIndexOf('++'));
      const expected = deciding < 0 ? '+' : seen.lastIndexOf('---') > seen.lastIndexOf('++') ? '-' : '+';
      assert.equal(verdicts(seen).at(-1), expected, seen);
    }
  }
});
