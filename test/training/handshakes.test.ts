import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { headerOrder } from '../../src/bots/facts/headerOrder.ts';
import { http2Facts, isOrderOf, tlsFacts } from '../../src/bots/handshake/openers.ts';
import { ja4 } from '../../src/wire/index.ts';
import { readSignatures } from '../../tools/handshakes/signatureFiles.ts';

/* Browsers that others recorded (curl-impersonate's signatures, MIT) are found in the table that was made of them. */

const folder = fileURLToPath(new URL('../../../shared/data/browser-signatures', import.meta.url));
const skip = !existsSync(folder) && process.env.CI !== 'true' ? `needs ${folder}` : false;

test('each recorded browser opens connections like its engine, in its version', { skip }, () => {
  const signatures = readSignatures(folder);
  assert.ok(signatures.length >= 31, `${signatures.length} signatures`);
  for (const { who, version, source, hellos, http2, heads } of signatures) {
    const fits = (facts: { engine: string; from: number; to: number }) =>
      facts.engine === who && facts.from <= version && version <= facts.to;
    for (const hello of hellos) {
      const facts = tlsFacts(ja4(hello));
      assert.ok(facts.isWhole && fits(facts), `${source}: ${ja4(hello)} is ${JSON.stringify(facts)}`);
      // The same session taken up again.
      const resumed = tlsFacts(ja4({ ...hello, extensions: [...hello.extensions.filter((type) => type !== 41), 41] }));
      assert.ok(resumed.isWhole && fits(resumed), `${source}, resumed: ${JSON.stringify(resumed)}`);
    }
    for (const opening of http2) assert.ok(fits(http2Facts(opening)), `${source}: ${opening}`);
    for (const head of heads) {
      assert.ok(isOrderOf(who as 'chromium', headerOrder(head.version, head.rawHeaders)), `${source}: header order`);
    }
  }
});
