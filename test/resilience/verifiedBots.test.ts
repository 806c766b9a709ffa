import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { shippedOperators } from '../../src/verified/index.ts';
import { makeSigner, signedFields } from '../../src/verified/testing/signedRequests.ts';
import { exchangeBytes } from '../edge/harness.ts';
import { startDnsServer } from '../support/dnsServer.ts';
import { startRealEdge } from './realEdge.ts';

/*
 * A whole edge (supervisor, agent, two workers) and real peers: an operator's key directory over HTTP, a name server over
 * UDP, and clients that sign, claim and lie.
 */
const signer = makeSigner();
let directoryRequests = 0;
const directory = createServer((request, response) => {
  directoryRequests += 1;
  const isDirectory = request.url === '/.well-known/http-message-signatures-directory';
  if (isDirectory) response.end(JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: signer.x }] }));
  else response.writeHead(404).end();
});
await new Promise<void>((resolve) => directory.listen(0, '127.0.0.1', resolve));
const agent = `http://127.0.0.1:${(directory.address() as AddressInfo).port}`;
const dns = await startDnsServer({
  'PTR 1.2.0.192.in-addr.arpa': ['crawl-1.good.example'],
  'A crawl-1.good.example': ['192.0.2.1'],
  'PTR 2.2.0.192.in-addr.arpa': ['host-2.other.example'],
});
const edge = await startRealEdge({
  options: {
    trustedProxies: ['127.0.0.1/32'],
    verifiedBots: {
      isOnline: true,
      nameServers: [dns.address],
      operators: [
        // Theirs is the internet: nothing of them is fetched here.
        ...shippedOperators.map(({ name, category, agents }) => ({ name, category, agents })),
        { name: 'signing', category: 'ai-assistant', agents: [], signers: [agent] },
        { name: 'goodbot', category: 'search', agents: ['GoodBot'], domains: ['good.example'] },
      ],
    },
  },
});
after(async () => {
  await edge.stop();
  dns.close();
  directory.close();
  directory.closeAllConnections();
});

/** What the trace says of a request with these fields. */
async function traced(fields: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const lines = Array.from(
    { length: fields.length / 2 },
    (_, index) => `${fields[index * 2]}: ${fields[index * 2 + 1]}\r\n`,
  );
  const answer = await exchangeBytes(
    edge.port,
    `GET /.holdfast/trace HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n${lines.join('')}\r\n`,
  );
  return Object.fromEntries([...answer.matchAll(/^([a-z0-9-]+)=(.*)$/gm)].map(([, key, value]) => [key!, value!]));
}

const signed = (extra: { readonly authority?: string } = {}) =>
  signedFields(signer, { authority: 'shop.example', agent, createdS: Math.floor(Date.now() / 1_000), ...extra });
const from = (address: string) => ['User-Agent', 'Mozilla/5.0 (compatible; GoodBot/1.0)', 'X-Forwarded-For', address];

test('a signed request is its operator’s on every worker; one made for another site is not', async () => {
  const workers = new Set<string>();
  await edge.until('both workers know the key', async () => {
    const trace = await traced(signed());
    if (trace.verified === 'true') workers.add(trace.worker!);
    return workers.size === 2;
  });
  const right = await traced(signed());
  assert.deepEqual(
    [right.verified, right.identity, right.operator, right.category],
    ['true', 'signature', 'signing', 'ai-assistant'],
  );
  const wrong = await traced(signed({ authority: 'other.example' }));
  assert.deepEqual(
    [wrong.verified, wrong.identity, wrong['signature-fault']],
    ['false', 'signature-fault', 'wrong-signature'],
  );
  assert.equal(directoryRequests, 1, 'the directory was read once, before anybody asked');
});

test('an unknown key costs no waiting, and nobody is asked for it', async () => {
  const stranger = makeSigner();
  const createdS = Math.floor(Date.now() / 1_000);
  const unknown = signedFields(stranger, { authority: 'shop.example', agent: `${agent}/elsewhere`, createdS });
  const before = directoryRequests;
  const times = { unknown: [] as number[], none: [] as number[] };
  for (let round = 0; round < 60; round += 1) {
    for (const [name, fields] of [
      ['unknown', unknown],
      ['none', ['User-Agent', 'curl/8.0']],
    ] as const) {
      const startedMs = performance.now();
      const trace = await traced(fields);
      times[name].push(performance.now() - startedMs);
      assert.equal(trace.verified, 'false');
      if (name === 'unknown') assert.equal(trace['signature-fault'], 'unknown-key');
    }
  }
  const median = (list: number[]) => list.sort((one, other) => one - other)[list.length >> 1]!;
  const [with_, without] = [median(times.unknown), median(times.none)];
  // Both wait for the same socket; a look-up of any kind would take longer than the whole request.
  assert.ok(
    with_ < without * 1.5 + 1,
    `median ${with_.toFixed(2)} ms with an unknown key, ${without.toFixed(2)} ms without a signature`,
  );
  assert.equal(directoryRequests, before);
});

test('a crawler is unknown until its names are known, and then on every worker; an impostor scores 1', async () => {
  const first = await traced(from('192.0.2.1'));
  assert.deepEqual([first.verified, first.operator], ['unknown', 'goodbot']);
  const workers = new Set<string>();
  await edge.until('both workers know the crawler', async () => {
    const trace = await traced(from('192.0.2.1'));
    if (trace.verified === 'true') workers.add(trace.worker!);
    return workers.size === 2;
  });
  const asked = dns.asked.filter((key) => key === 'PTR 1.2.0.192.in-addr.arpa').length;
  assert.ok(asked <= 2, `asked ${asked} times for one address`);
  await traced(from('192.0.2.2'));
  await edge.until('the impostor is known', async () => (await traced(from('192.0.2.2'))).identity === 'other-name');
  const impostor = await traced(from('192.0.2.2'));
  assert.equal(impostor.verified, 'false');
  assert.match(impostor.heuristics ?? '', /impostor-crawler/);
  assert.equal(impostor.score, '1');
});

// Every process of the edge is started again, which takes the processor a while.
const skip = process.env.HOLDFAST_TEST_WHOLE === '1' ? false : 'runs with HOLDFAST_TEST_WHOLE=1';

test('a new worker and a new agent know what the old ones knew, with every source gone', { skip }, async () => {
  directory.close();
  directory.closeAllConnections();
  process.kill(await edge.agentPid(), 'SIGKILL');
  await sleep(100);
  for (const { pid } of (await edgeStatus()).workers) process.kill(pid, 'SIGKILL');
  await edge.until('a request is verified again', async () => (await traced(signed())).verified === 'true');
});

async function edgeStatus() {
  for (;;) {
    try {
      return await edge.status();
    } catch {
      await sleep(50); // The agent is being started again.
    }
  }
}
