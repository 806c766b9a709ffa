import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { Undo } from '../edge/harness.ts';
import { attacksFrom } from './attack.ts';
import { http2Attacks } from './http2Attacks.ts';
import { startLaxProxy } from './laxProxy.ts';
import { otherAttacks } from './otherAttacks.ts';
import { startOrigins } from './realOrigins.ts';
import { sendHttp2 } from './sendHttp2.ts';
import { spelledAttacks } from './spelledAttacks.ts';
import { runAttacks, sendPlain } from './suite.ts';
import { missingProgram } from './tracedServer.ts';

/*
 * The suite that finds nothing behind Holdfast finds what a lax proxy lets through, at each of the same origins.
 */

const skip = missingProgram('nginx', 'apache2', 'haproxy') ?? false;
const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const techniques = new Set(['TE.CL', 'lengths', 'lengths, with GET']);
const overHttp1 = attacksFrom([...spelledAttacks, ...otherAttacks]).filter(({ technique }) =>
  techniques.has(technique),
);
const overHttp2 = attacksFrom(http2Attacks).filter(({ id }) => id % 8 === 0);
/** Behind a lax proxy many wait in vain. */
const patienceMs = 1_000;

for (const [index, name] of ['node', 'nginx', 'apache', 'haproxy'].entries()) {
  const cases = [
    ['forwards bytes', overHttp1, sendPlain],
    ['believes the fields of HTTP/2', overHttp2, sendHttp2],
  ] as const;
  for (const [does, attacks, send] of cases) {
    test(`a proxy that ${does} is found out before ${name}`, { skip, timeout: 120_000 }, async (context) => {
      const origins = await startOrigins(undo, false);
      const options = { send, patienceMs };
      const { findings, ...counts } = await runAttacks(undo, startLaxProxy, origins[index]!, attacks, options);
      const smuggled = findings.filter(({ says }) => /^it read "GET [^"]*canary/.test(says));
      context.diagnostic(JSON.stringify({ ...counts, findings: findings.length, smuggled: smuggled.length }));
      assert.ok(smuggled.length >= 3, `hidden requests that came through: ${JSON.stringify(smuggled)}`);
    });
  }
}
