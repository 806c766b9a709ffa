import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { readDrillSessions } from './drillSession.ts';
import { lowestScore } from './lowestScore.ts';

test('of every person among the drill’s visitors the shipped model is sure', () => {
  const people = readDrillSessions().filter(({ label }) => label === 'person');
  assert.ok(people.length >= 100);
  const random = seededRandom(7);
  for (const [index, person] of people.entries()) {
    for (let draw = 0; draw < 3; draw += 1) {
      const score = lowestScore(person, random);
      // tools/makeDrillSessions.ts chooses others.
      assert.ok(score >= 45, `person ${index} (${person.family}) scores ${score}: make the drill’s visitors anew`);
    }
  }
});
