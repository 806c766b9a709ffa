import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { Undo } from '../edge/harness.ts';
import { attacksFrom } from './attack.ts';
import { startHoldfast } from './fronts.ts';
import { otherAttacks } from './otherAttacks.ts';
import { startOrigins } from './realOrigins.ts';
import { spelledAttacks } from './spelledAttacks.ts';
import { runAttacks } from './suite.ts';
import { missingProgram } from './tracedServer.ts';
import { transferEncodings } from './transferEncodings.ts';

/*
 * No origin ever reads a request that Holdfast did not. In CI each attack goes to one of eight origins, and every third
 * attack only; `npm run test:smuggling` sends all of them to each.
 */

const isWhole = process.env.HOLDFAST_TEST_WHOLE === '1';
const skip = missingProgram('nginx', 'apache2', 'haproxy') ?? false;
const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

test('there are spellings enough', () => {
  assert.ok(transferEncodings.length >= 130, `${transferEncodings.length}`);
});

for (const isLenient of [false, true]) {
  for (const [index, name] of ['node', 'nginx', 'apache', 'haproxy'].entries()) {
    test(`${name}${isLenient ? ', lenient' : ''}: HTTP/1.1`, { skip, timeout: 900_000 }, async (context) => {
      const origins = await startOrigins(undo, isLenient);
      const share = index + (isLenient ? 4 : 0);
      const attacks = attacksFrom([...spelledAttacks, ...otherAttacks]).filter(
        ({ id }) => isWhole || id % 24 === share,
      );
      const { findings, ...counts } = await runAttacks(undo, startHoldfast, origins[index]!, attacks);
      context.diagnostic(JSON.stringify(counts));
      assert.deepEqual(findings, []);
      assert.ok(counts.seenByOrigins >= attacks.length, 'the innocent visitors at least were served');
    });
  }
}
