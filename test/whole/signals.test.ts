import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { askFactory } from '../../src/cli/clients/factorySocket.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import type { SignalsFile } from '../../src/contract/kinds/signalsFile.ts';
import { ask, eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/*
 * The whole way: requests → packed log → embedded ClickHouse → the factory's count → control → agent → worker → log again.
 * It waits for an hour that is whole (`signalsLagMs`), so it runs where somebody asks for it; its parts are tested always.
 */
const skip = process.env.HOLDFAST_TEST_WHOLE === '1' ? false : 'runs with HOLDFAST_TEST_WHOLE=1';
let holdfast: HoldfastUp | undefined;
after(() => holdfast?.stop());

test('signals are made of what the edge logged, and judge what it is asked next', {
  skip,
  timeout: 300_000,
}, async () => {
  holdfast = await startHoldfast(['--workers', '1']);
  const { edgeUrl, data, cli } = holdfast;
  for (let index = 0; index < 40; index++) {
    // A busy machine may shed one: what counts is that enough are logged.
    await ask(`${edgeUrl}/about?${index}`, { headers: { 'user-agent': 'curl/8.5.0' } });
  }
  const published = await eventually(
    'signals are published',
    async () => {
      const { text } = await askFactory(dataFolder(data).factorySocket, 'POST', '/signals');
      const { outcome, rows } = JSON.parse(text) as { outcome: string; rows?: number };
      return outcome === 'published' ? rows : undefined;
    },
    120_000,
  );
  assert.equal(published, 2, 'one order of headers, one network');
  const inForce = async () => ((await trace(edgeUrl)).signals === '1' ? true : undefined);
  await eventually('the worker has them', inForce, 60_000);

  const shown = await cli('signals', 'show', '--json');
  assert.equal(shown.code, 0, shown.stderr);
  const file = JSON.parse(shown.stdout) as SignalsFile;
  assert.deepEqual(file.network.keys, ['127.0.0.0/24']);
  assert.deepEqual([file.network.browserShare, file.network.requestRank], [[0], [1]]);
  assert.match((await cli('signals', 'show')).stdout, /NETWORK \(1\).*\n +127\.0\.0\.0\/24/);

  await ask(`${edgeUrl}/about?after`);
  const logged = async () => {
    const sql = "SELECT count() FROM http_requests WHERE target = '/about?after' AND signals_version = 1";
    return (await cli('query', sql)).stdout.includes('1') ? true : undefined;
  };
  await eventually('the log names them', logged, 60_000);

  const doubled = join(data, 'doubled.json');
  const twice = Object.fromEntries(Object.entries(file.network).map(([name, list]) => [name, [...list, ...list]]));
  writeFileSync(doubled, JSON.stringify({ ...file, network: twice }));
  const refused = await cli('signals', 'publish', doubled);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr + refused.stdout, /signal-key-duplicate/);
  assert.equal((await trace(edgeUrl)).signals, '1');
  assert.equal((await ask(`${edgeUrl}/about`)).status, 200);
});
