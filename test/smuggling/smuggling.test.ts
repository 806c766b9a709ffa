import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { Undo } from '../edge/harness.ts';
import { attacksFrom, type Recipe } from './attack.ts';
import { startHoldfast } from './fronts.ts';
import { http2Attacks } from './http2Attacks.ts';
import { otherAttacks } from './otherAttacks.ts';
import { startOrigins } from './realOrigins.ts';
import { sendHttp2 } from './sendHttp2.ts';
import { spelledAttacks } from './spelledAttacks.ts';
import { runAttacks } from './suite.ts';
import { missingProgram } from './tracedServer.ts';
import { transferEncodings } from './transferEncodings.ts';

/*
 * No origin ever reads a request that Holdfast did not. By default every third attack is sent, to one of eight
 * origins; `npm run test:smuggling` sends all of them to each.
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
    const share = index + (isLenient ? 4 : 0);
    const chosen = (recipes: readonly Recipe[]) =>
      attacksFrom(recipes).filter(({ id }) => isWhole || id % 24 === share);
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
    test(`${name}${isLenient ? ', lenient' : ''}: HTTP/2`, { skip, timeout: 900_000 }, async (context) => {
      const origins = await startOrigins(undo, isLenient);
      const attacks = chosen(http2Attacks);
      const { findings, ...counts } = await runAttacks(undo, startHoldfast, origins[index]!, attacks, {
        send: sendHttp2,
      });
      context.diagnostic(JSON.stringify(counts));
      assert.deepEqual(findings, []);
      assert.ok(counts.seenByOrigins >= attacks.length, 'the innocent visitors at least were served');
    });
  }
}
