import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDnsServer } from '../../../test/support/dnsServer.ts';
import type { NamesAnswer } from '../../contract/verifiedBots.ts';
import { confirmedNames } from './confirmedNames.ts';
import { verifyLimits } from './limits.ts';
import { NameLookups } from './nameLookups.ts';

const arpa = (last: number) => `PTR ${last}.2.0.192.in-addr.arpa`;
const server = await startDnsServer({
  [arpa(1)]: ['crawl-1.good.example'],
  'A crawl-1.good.example': ['192.0.2.99', '192.0.2.1'],
  [arpa(2)]: ['crawl-2.good.example'],
  'A crawl-2.good.example': ['192.0.2.99'],
  [arpa(3)]: ['crawl-3.good.example.evil.example', 'evilgood.example'],
  'A crawl-3.good.example.evil.example': ['192.0.2.3'],
  [arpa(4)]: 'silent',
  [arpa(5)]: ['crawl-5.good.example'],
  [arpa(6)]: 'fails',
  [arpa(7)]: ['crawl-7.good.example'],
  'A crawl-7.good.example': 'silent',
  'PTR 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': ['CRAWL-8.Good.Example'],
  'AAAA crawl-8.good.example': ['2001:db8:0:0:0:0:0:7'],
});
after(() => server.close());
const ask = confirmedNames(['good.example'], [server.address], 200);

const confirmed = { names: ['crawl-1.good.example'], forMs: 3_600_000 };
const denied = { names: [], forMs: verifyLimits.deniedMs };
const failed = { names: 'failed', forMs: verifyLimits.failedMs };
for (const [what, address, answer] of [
  ['there and back', '192.0.2.1', confirmed],
  ['there, and back to somebody else', '192.0.2.2', denied],
  ['a name that only looks like it', '192.0.2.3', denied],
  ['a silent name server', '192.0.2.4', failed],
  ['a name that does not exist', '192.0.2.5', denied],
  ['a name server that fails', '192.0.2.6', failed],
  ['silence on the way back', '192.0.2.7', failed],
  ['no name at all', '192.0.2.8', denied],
  ['IPv6, in another spelling', '2001:0db8::0007', { names: ['crawl-8.good.example'], forMs: 3_600_000 }],
] as const) {
  test(`forward-confirmed reverse DNS: ${what}`, async () => assert.deepEqual(await ask(address), answer));
}

test('a name that nobody is known by is not asked for: an address’s owner does not choose what we ask', () => {
  assert.ok(server.asked.includes(arpa(3)));
  assert.ok(!server.asked.some((asked) => asked.includes('evil')), server.asked.join());
});

/** Answers when the test says so. */
function slowNames() {
  const open = new Map<string, (answer: Omit<NamesAnswer, 'address'>) => void>();
  const asked: string[] = [];
  const ask = (address: string) => {
    asked.push(address);
    return new Promise<Omit<NamesAnswer, 'address'>>((resolve) => open.set(address, resolve));
  };
  return { open, asked, ask };
}

function lookupsWith(ask: ((address: string) => Promise<Omit<NamesAnswer, 'address'>>) | undefined) {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => 0 };
  const told: NamesAnswer[] = [];
  return { clock, told, lookups: new NameLookups(ask, clock, (answers) => told.push(...answers)) };
}

test('an address is asked for once however often it is wanted, and told to all', async () => {
  const names = slowNames();
  const { clock, told, lookups } = lookupsWith(names.ask);
  assert.deepEqual(lookups.want(['192.0.2.1', '192.0.2.1', 'no address']), []);
  lookups.want(['192.0.2.1']);
  assert.deepEqual(names.asked, ['192.0.2.1']);
  names.open.get('192.0.2.1')!({ names: ['a.good.example'], forMs: 1_000 });
  await sleep(0);
  assert.deepEqual(told, [{ address: '192.0.2.1', names: ['a.good.example'], forMs: 1_000 }]);
  clock.nowMs = 400;
  assert.deepEqual(lookups.want(['192.0.2.1']), [{ address: '192.0.2.1', names: ['a.good.example'], forMs: 600 }]);
  assert.equal(lookups.answers().length, 1);
  clock.nowMs = 1_000;
  assert.deepEqual(lookups.want(['192.0.2.1']), [], 'its time is over: asked for again');
});

test('few are asked at a time, and no more wait than the bound', () => {
  const names = slowNames();
  const { lookups } = lookupsWith(names.ask);
  const addresses = Array.from({ length: 5_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  lookups.want(addresses);
  assert.equal(names.open.size, verifyLimits.lookupsAtOnce);
  assert.equal(lookups.waiting, verifyLimits.lookupsWaitingMax);
});

test('silence counts against an address only while others get answers', async () => {
  const names = slowNames();
  const { told, clock, lookups } = lookupsWith(names.ask);
  lookups.want(['192.0.2.1', '192.0.2.2']);
  names.open.get('192.0.2.1')!({ names: 'failed', forMs: 1_000 });
  await sleep(0);
  assert.deepEqual(told, [], 'nobody was answered yet: name servers may be out of reach');
  names.open.get('192.0.2.2')!({ names: [], forMs: 1_000 });
  await sleep(0);
  lookups.want(['192.0.2.1']);
  names.open.get('192.0.2.1')!({ names: 'failed', forMs: 1_000 });
  await sleep(0);
  assert.deepEqual(
    told.map(({ address, names }) => [address, names]),
    [
      ['192.0.2.2', []],
      ['192.0.2.1', 'failed'],
    ],
  );
  clock.nowMs = verifyLimits.outageMs + 1;
  lookups.want(['192.0.2.3']);
  names.open.get('192.0.2.3')!({ names: 'failed', forMs: 1_000 });
  await sleep(0);
  assert.equal(told.length, 2);
});

test('where nobody may be asked, nobody is: the answer is that there is none', () => {
  const { lookups } = lookupsWith(undefined);
  assert.deepEqual(lookups.want(['192.0.2.1']), [{ address: '192.0.2.1', ...failed }]);
  assert.equal(lookups.waiting, 0);
});
