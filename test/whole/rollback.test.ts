import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/* Going back publishes old content under a new number, and scores are exactly what they were. */
const shipped = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../shipped/features.json', import.meta.url)), 'utf8'),
) as FeatureFile;
let holdfast: HoldfastUp;
let address = 0;

before(async () => {
  holdfast = await startHoldfast(['--workers', '1', '--factory-every', '3600']);
  await untilFeatures(1);
});
after(() => holdfast?.stop());

const untilFeatures = (version: number) =>
  eventually(
    `features ${version}`,
    async () => (Number((await trace(holdfast.edgeUrl)).features) === version ? true : undefined),
    60_000,
  );

/** Scores of differently shaped heads, each from an address that the edge has not met: the window is the same each time. */
async function scores(): Promise<string[]> {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const safari =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';
  const heads: (Record<string, string> | string[])[] = [
    // A browser's page request, but for its connection: far from both ends.
    [
      ...['Host', new URL(holdfast.edgeUrl).host, 'User-Agent', firefox],
      ...['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
      ...['Accept-Language', 'en-US,en;q=0.5', 'Accept-Encoding', 'gzip, deflate, br, zstd'],
      ...['Connection', 'close', 'Upgrade-Insecure-Requests', '1'],
      ...['Sec-Fetch-Dest', 'document', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Site', 'none', 'Sec-Fetch-User', '?1'],
    ],
    { 'User-Agent': firefox, Accept: '*/*', 'Accept-Language': 'en-US,en;q=0.5', 'Accept-Encoding': 'gzip, deflate' },
    {
      'User-Agent': safari,
      Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'Accept-Language': 'en-GB,en;q=0.9',
      'Accept-Encoding': 'gzip, deflate',
      'Upgrade-Insecure-Requests': '1',
    },
    { 'User-Agent': firefox, Accept: 'text/html', 'Accept-Encoding': 'gzip' },
    { 'User-Agent': 'something of my own', Accept: '*/*' },
  ];
  const seen: string[] = [];
  for (const headers of heads) {
    address += 1;
    seen.push((await trace(holdfast.edgeUrl, { headers, localAddress: `127.0.9.${address}` })).score!);
  }
  return seen;
}

test('rollback: the same scores to the digit, under a higher number', { timeout: 120_000 }, async () => {
  const healthy = await scores();
  const features = shipped.features.map((feature) =>
    feature.default === null ? { ...feature, default: feature.range[1] } : feature,
  );
  const file = join(holdfast.data, 'shifted.json');
  writeFileSync(file, JSON.stringify({ ...shipped, features }));
  const published = await holdfast.cli('features', 'publish', file, '--accept-shift');
  assert.equal(published.code, 0, published.stderr);
  await untilFeatures(2);
  const shifted = await scores();
  assert.notDeepEqual(shifted, healthy, 'the change must show, or going back shows nothing');
  const rolledBack = await holdfast.cli('features', 'rollback', '1');
  assert.equal(rolledBack.code, 0, rolledBack.stderr);
  await untilFeatures(3);
  assert.deepEqual(await scores(), healthy);
});
