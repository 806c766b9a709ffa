import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { LoadedSet } from '../../../src/lastgood/index.ts';
import { listsOf } from '../../support/lists.ts';
import { ask, blockRule, site, startEdge, startOrigin, tinyFeatures, tinyModel, Undo } from '../harness.ts';
import { startLog } from '../startLog.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const from = (address: string) => [`X-Forwarded-For: ${address}`];

test('a rule reads country, system and lists; the log and the trace say them; without lists all of it is unknown', async () => {
  const { path, records } = await startLog(undo);
  const { url } = await startOrigin(undo);
  const rules = [
    blockRule('ip.hosting && !bot.verified', 'data centres'),
    { ...blockRule('ip.country == "DE" && ip.asn == 64500', 'germans'), then: { action: 'log' as const } },
    { ...blockRule('"office" in ip.lists', 'office'), then: { action: 'log' as const } },
  ];
  const lists = listsOf(
    [
      ['192.0.2.0/24', 'hosting'],
      ['198.51.100.0/24', 'office'],
      ['2001:db8::/32', 'hosting'],
    ],
    64_500,
  );
  const bare: LoadedSet = {
    versions: { features: 1, model: 1, sites: 1 },
    features: tinyFeatures,
    model: tinyModel,
    sites: { schema: 1, sites: [site(url, rules)] },
  };
  const withLists: LoadedSet = { ...bare, versions: { ...bare.versions, lists: 3 }, lists };
  const edge = await startEdge(undo, { set: withLists, logSocket: path, trustedProxies: ['127.0.0.1'] });
  const statusOf = async (address: string) => (await ask(edge.port, '/a', from(address))).status;
  // A verified bot is nobody here: its answer is unknown for an address that claims none, and false else.
  assert.equal(await statusOf('192.0.2.9'), 403);
  assert.equal(await statusOf('2001:db8:1::1'), 403);
  assert.equal(await statusOf('198.51.100.1'), 200);
  assert.equal(await statusOf('203.0.113.1'), 200);
  const trace = (await ask(edge.port, '/.holdfast/trace', from('198.51.100.1'))).body;
  assert.match(trace, /^country=DE$/m);
  assert.match(trace, /^asn=64500$/m);
  assert.match(trace, /^lists_of=office$/m);
  assert.match(trace, /^lists=3$/m);

  assert.equal(edge.activate(bare).type, 'activated');
  assert.equal(await statusOf('192.0.2.9'), 200, 'without lists nothing is known, and nothing fires');
  const deadline = Date.now() + 5_000;
  while (records.length < 6 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  const told = records.map(({ clientAddress, country, asn, rule, logged, unknowns }) => [
    clientAddress,
    country,
    asn,
    rule,
    logged.join(),
    unknowns,
  ]);
  assert.deepEqual(told.filter(([address]) => address !== '127.0.0.1').slice(0, 4), [
    ['192.0.2.9', 'DE', 64_500, 'data centres', '', 0],
    ['2001:db8:1::1', 'DE', 64_500, 'data centres', '', 0],
    ['198.51.100.1', 'DE', 64_500, null, 'germans,office', 0],
    ['203.0.113.1', '', 0, null, '', 1],
  ]);
  assert.deepEqual(told.at(-1), ['192.0.2.9', '', 0, null, '', 3]);
});

test('a feature asks the lists, and the signals of a system are found by its number', async () => {
  const { path, records } = await startLog(undo);
  const { url } = await startOrigin(undo);
  const feature = (name: string, extractor: string, parameters = {}) => ({
    ...tinyFeatures.features[0]!,
    name,
    extractor,
    parameters,
    range: [0, 1_000] as const,
  });
  const features = {
    schema: 1 as const,
    features: [
      ...tinyFeatures.features,
      feature('hosting', 'hosting-range'),
      feature('vpn', 'vpn-range'),
      feature('office', 'listed-range', { list: 'office' }),
      feature('home', 'listed-range', { list: 'home' }),
      feature('asn_rank', 'asn-request-rank'),
    ],
  };
  const table = (keys: readonly string[]) => {
    const ones = keys.map(() => 1);
    return {
      keys,
      browserShare: ones,
      heuristicShare: ones,
      http2Share: ones,
      requestQuantile: ones,
      requestRank: ones,
      userAgentRank: ones,
      pathRank: ones,
      addressRank: ones,
    };
  };
  const none = table([]);
  const edge = await startEdge(undo, {
    logSocket: path,
    trustedProxies: ['127.0.0.1'],
    set: {
      versions: { features: 1, model: 1, signals: 1, sites: 1, lists: 1 },
      features,
      model: tinyModel,
      signals: { schema: 1, windowEndMs: 1, ja4: none, headerOrder: none, network: none, asn: table(['64500']) },
      sites: { schema: 1, sites: [site(url)] },
      lists: listsOf(
        [
          ['192.0.2.0/24', 'hosting'],
          ['198.51.100.0/24', 'office'],
        ],
        64_500,
      ),
    },
  });
  const addresses = ['192.0.2.1', '198.51.100.1', '203.0.113.1'];
  for (const address of addresses) await ask(edge.port, '/a', from(address));
  const deadline = Date.now() + 5_000;
  while (records.length < 3 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  const asked = (address: string) =>
    [...(records.find(({ clientAddress }) => clientAddress === address)?.vector ?? [])].slice(1);
  assert.deepEqual(
    asked('192.0.2.1'),
    [1, Number.NaN, 0, Number.NaN, 1],
    'there is no list of VPNs, and none named home',
  );
  assert.deepEqual(asked('198.51.100.1'), [0, Number.NaN, 1, Number.NaN, 1]);
  assert.deepEqual(asked('203.0.113.1'), [0, Number.NaN, 0, Number.NaN, Number.NaN]);
});
