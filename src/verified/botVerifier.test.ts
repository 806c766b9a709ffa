import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BotOperator, OperatorEvidence } from '../contract/verifiedBots.ts';
import { requestHead } from '../http/index.ts';
import { BotVerifier, noClaim } from './botVerifier.ts';
import { Claims } from './claims.ts';
import { verifiedLimits } from './limits.ts';
import { shippedOperators, withShipped } from './operators.ts';
import { headWith, makeSigner, signedFields } from './testing/signedRequests.ts';

const wallMs = 1_800_000_000_000;
const operators: readonly BotOperator[] = [
  {
    name: 'both',
    category: 'search',
    agents: ['BothBot'],
    domains: ['both.example'],
    ranges: ['https://both.example/ips.json'],
  },
  { name: 'named', category: 'search', agents: ['NamedBot'], domains: ['named.example'] },
  { name: 'listed', category: 'ai-training', agents: ['ListedBot'], ranges: ['https://listed.example/ips.json'] },
  { name: 'signed', category: 'ai-assistant', agents: ['SignedBot'], signers: ['https://signed.example'] },
];
const head = (userAgent: string, clientAddress = '192.0.2.7') =>
  requestHead({
    method: 'GET',
    target: '/',
    version: '1.1',
    rawHeaders: ['Host', 'shop.example', 'User-Agent', userAgent],
    scheme: 'http',
    clientAddress,
  });
const evidence = (operator: string, extra: Partial<OperatorEvidence> = {}): OperatorEvidence => ({
  operator,
  ranges: null,
  areRangesFresh: false,
  keys: [],
  ...extra,
});
const says = (verifier: BotVerifier, userAgent: string, address?: string, nowMs = 0) => {
  const { verified, reason, operator, isImpostor } = verifier.identify(head(userAgent, address), nowMs, wallMs);
  return [verified, reason, operator, isImpostor];
};

test('a browser claims nothing, and nobody is asked', () => {
  const verifier = new BotVerifier(operators);
  assert.equal(verifier.identify(head('Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'), 0, wallMs), noClaim);
  assert.deepEqual(verifier.takeAsks(), []);
});

test('by names: unknown until they are known, asked for once, then true or false for good', () => {
  const verifier = new BotVerifier(operators);
  const userAgent = 'Mozilla/5.0 (compatible; NamedBot/2.1; +http://named.example)';
  assert.deepEqual(says(verifier, userAgent), [undefined, 'pending', 'named', false]);
  assert.deepEqual(says(verifier, userAgent), [undefined, 'pending', 'named', false]);
  assert.deepEqual(verifier.takeAsks(), ['192.0.2.7']);
  assert.deepEqual(verifier.takeAsks(), []);
  verifier.learnNames([{ address: '192.0.2.7', names: ['crawl-7.named.example'], forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, userAgent), [true, 'names', 'named', false]);
  verifier.learnNames(
    [{ address: '192.0.2.8', names: ['named.example.evil.example', 'notnamed.example'], forMs: 1_000 }],
    0,
  );
  assert.deepEqual(says(verifier, userAgent, '192.0.2.8'), [false, 'other-name', 'named', true]);
  verifier.learnNames([{ address: '192.0.2.9', names: [], forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, userAgent, '192.0.2.9'), [false, 'other-name', 'named', true]);
  verifier.learnNames([{ address: '192.0.2.10', names: 'failed', forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, userAgent, '192.0.2.10'), [false, 'lookup-failed', 'named', false]);
});

test('an answer whose time is over goes on counting until the next one is there', () => {
  const verifier = new BotVerifier(operators);
  verifier.learnNames([{ address: '192.0.2.7', names: ['a.named.example'], forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, 'NamedBot', '192.0.2.7', 1_000), [true, 'names', 'named', false]);
  assert.deepEqual(verifier.takeAsks(), ['192.0.2.7']);
});

test('what nobody answers is asked for again after a while; asks are bounded', () => {
  const verifier = new BotVerifier(operators);
  says(verifier, 'NamedBot', '192.0.2.7', 0);
  verifier.takeAsks();
  says(verifier, 'NamedBot', '192.0.2.7', verifiedLimits.askAgainMs - 1);
  assert.deepEqual(verifier.takeAsks(), []);
  says(verifier, 'NamedBot', '192.0.2.7', verifiedLimits.askAgainMs);
  assert.deepEqual(verifier.takeAsks(), ['192.0.2.7']);
  for (let index = 0; index < 2 * verifiedLimits.asksMax; index += 1) {
    says(verifier, 'NamedBot', `10.0.${index >> 8}.${index & 255}`, verifiedLimits.askAgainMs);
  }
  assert.equal(verifier.takeAsks().length, verifiedLimits.asksMax - 1);
});

test('by ranges: unknown until told, then inside or outside; outside is a lie only while the list is fresh', () => {
  const verifier = new BotVerifier(operators);
  assert.deepEqual(says(verifier, 'ListedBot'), [undefined, 'pending', 'listed', false]);
  verifier.learn(evidence('listed'));
  assert.deepEqual(says(verifier, 'ListedBot'), [false, 'no-evidence', 'listed', false]);
  verifier.learn(evidence('listed', { ranges: ['192.0.2.0/24'] }));
  assert.deepEqual(says(verifier, 'ListedBot'), [true, 'ranges', 'listed', false]);
  assert.deepEqual(says(verifier, 'ListedBot', '198.51.100.1'), [false, 'no-evidence', 'listed', false]);
  verifier.learn(evidence('listed', { ranges: ['192.0.2.0/24'], areRangesFresh: true }));
  assert.deepEqual(says(verifier, 'ListedBot', '198.51.100.1'), [false, 'outside-ranges', 'listed', true]);
  assert.deepEqual(verifier.takeAsks(), []);
});

test('with both, either one proves; no answer from name servers leaves what the list says', () => {
  const verifier = new BotVerifier(operators);
  verifier.learn(evidence('both', { ranges: ['192.0.2.0/24'], areRangesFresh: true }));
  assert.deepEqual(says(verifier, 'BothBot'), [true, 'ranges', 'both', false]);
  assert.deepEqual(verifier.takeAsks(), [], 'nobody needs to be asked');
  assert.deepEqual(says(verifier, 'BothBot', '198.51.100.1'), [undefined, 'pending', 'both', false]);
  verifier.learnNames([{ address: '198.51.100.1', names: ['x.both.example'], forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, 'BothBot', '198.51.100.1'), [true, 'names', 'both', false]);
  verifier.learnNames([{ address: '198.51.100.2', names: 'failed', forMs: 1_000 }], 0);
  assert.deepEqual(says(verifier, 'BothBot', '198.51.100.2'), [false, 'outside-ranges', 'both', true]);
});

test('by signature: whatever the user agent says; a fault is told and is no lie', () => {
  const signer = makeSigner();
  const verifier = new BotVerifier(operators);
  verifier.learn(evidence('signed', { keys: [{ x: signer.x }] }));
  const fields = signedFields(signer, {
    authority: 'example.com',
    agent: 'https://signed.example',
    createdS: wallMs / 1_000,
  });
  const right = verifier.identify(headWith(fields), 0, wallMs);
  assert.deepEqual(
    [right.verified, right.reason, right.operator, right.category],
    [true, 'signature', 'signed', 'ai-assistant'],
  );
  const elsewhere = verifier.identify(headWith(fields, 'other.example'), 0, wallMs);
  assert.deepEqual(
    [elsewhere.verified, elsewhere.reason, elsewhere.signatureFault, elsewhere.isImpostor],
    [false, 'signature-fault', 'wrong-signature', false],
  );
  verifier.learn(evidence('signed'));
  assert.equal(verifier.identify(headWith(fields), 0, wallMs).signatureFault, 'unknown-key');
});

test('verifications have a budget for each second', () => {
  const signer = makeSigner();
  const verifier = new BotVerifier(operators);
  verifier.learn(evidence('signed', { keys: [{ x: signer.x }] }));
  const signed = headWith(signedFields(signer, { authority: 'example.com', createdS: wallMs / 1_000 }));
  for (let count = 0; count < verifiedLimits.verificationsPerSecondMax; count += 1)
    verifier.identify(signed, 0, wallMs);
  assert.equal(verifier.identify(signed, 999, wallMs).signatureFault, 'too-busy');
  assert.equal(verifier.identify(signed, 1_000, wallMs).verified, true);
});

test('claims are whole words, in any case; the first in the text counts', () => {
  const claims = new Claims(shippedOperators);
  const who = (userAgent: string) => claims.of(userAgent)?.name;
  assert.equal(who('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'), 'googlebot');
  assert.equal(who('Googlebot-Image/1.0'), 'googlebot');
  assert.equal(who('mozilla/5.0 (compatible; BINGBOT/2.0)'), 'bingbot');
  assert.equal(who('AdsBot-Google (+http://www.google.com/adsbot.html)'), 'google-ads');
  assert.equal(who('NotGooglebot/1.0'), undefined);
  assert.equal(who('Mozilla/5.0 (Linux; Android 14; Yetix) Chrome/130.0'), undefined);
  assert.equal(new Claims([]).of('Googlebot'), null);
});

test('the shipped table is sound, and the configuration’s word counts more', () => {
  const names = shippedOperators.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  for (const { name, agents, domains = [], ranges = [], signers = [] } of shippedOperators) {
    assert.match(name, /^[a-z][a-z0-9-]*$/);
    assert.ok(domains.length + ranges.length + signers.length > 0, `${name} cannot be proven`);
    assert.ok(agents.length > 0 || signers.length > 0, `${name} cannot be found`);
    for (const url of ranges) assert.equal(URL.parse(url)?.protocol, 'https:', url);
    for (const url of signers) assert.equal(URL.parse(url)?.origin, url);
    for (const domain of domains) assert.match(domain, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
  }
  const own: BotOperator = { name: 'googlebot', category: 'other', agents: ['X'] };
  assert.deepEqual(
    withShipped([own]).filter(({ name }) => name === 'googlebot'),
    [own],
  );
});
