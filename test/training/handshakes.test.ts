import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { headerOrder } from '../../src/bots/facts/headerOrder.ts';
import { http2Facts, isOrderOf, tlsFacts } from '../../src/bots/handshake/openers.ts';
import { ja4 } from '../../src/wire/index.ts';
import { readSignatures } from '../../tools/handshakes/signatureFiles.ts';

/* Browsers that others recorded (curl-impersonate's signatures, MIT) are found in the table that was made of them. */

const folder = fileURLToPath(new URL('../../../shared/data/browser-signatures', import.meta.url));
const skip = !existsSync(folder) && process.env.CI !== 'true' ? `needs ${folder}` : false;

/** Recorded since the table was made, and unknown until it is made again. */
const notInTable = [
  'safari_18.4_iOS.yaml: http2',
  'safari_18.4_macOS.yaml: http2',
  'tor_14.5_macOS.yaml: hello',
  'tor_14.5_macOS.yaml: hello, resumed',
  'tor_14.5_macOS.yaml: http2',
];

test('each recorded browser opens connections like its engine, in its version', { skip }, () => {
  const signatures = readSignatures(folder);
  assert.ok(signatures.length >= 31, `${signatures.length} signatures`);
  const unknown: string[] = [];
  for (const { who, version, source, hellos, http2, heads } of signatures) {
    const file = source.replace('signature ', '');
    const fits = (facts: { engine: string; from: number; to: number }) =>
      facts.engine === who && facts.from <= version && version <= facts.to;
    for (const hello of hellos) {
      const facts = tlsFacts(ja4(hello));
      if (!(facts.isWhole && fits(facts))) unknown.push(`${file}: hello`);
      // The same session taken up again.
      const resumed = tlsFacts(ja4({ ...hello, extensions: [...hello.extensions.filter((type) => type !== 41), 41] }));
      if (!(resumed.isWhole && fits(resumed))) unknown.push(`${file}: hello, resumed`);
    }
    for (const opening of http2) if (!fits(http2Facts(opening))) unknown.push(`${file}: http2`);
    for (const head of heads) {
      const order = headerOrder(head.version, head.rawHeaders);
      if (!isOrderOf(who as 'chromium', order)) unknown.push(`${file}: header order`);
    }
  }
  // Equal, not at most: what the table learns leaves the list. Files that are not here cannot be missing in it.
  const files = new Set(readdirSync(folder));
  assert.deepEqual(
    unknown,
    notInTable.filter((name) => files.has(name.slice(0, name.indexOf(':')))),
  );
});
