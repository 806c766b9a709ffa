import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFeatures, compileModel, scoreOf } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { type RequestHead, requestHead } from '../../src/http/index.ts';
import { heuristicHits } from '../../src/training/evaluation/heldOutEvaluation.ts';
import { makeRows } from '../../src/training/rows/makeRows.ts';
import { recordedTraffic, type Traffic } from '../../src/training/traffic/makeTraffic.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../shipped/${name}.json`, import.meta.url), 'utf8'));
const features = compileFeatures(read('features') as FeatureFile);
const model = compileModel(read('model') as ModelFile, features);

type Line = readonly [name: string, value: string];
type Proxy = (lines: readonly Line[], told: { host: string; address: string; scheme: string }) => readonly Line[];

const lower = ([name, value]: Line): Line => [name.toLowerCase(), value];
const title = ([name, value]: Line): Line => [
  name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
  value,
];

/** What proxies make of a head as they come, as their documentation and sources have it; all of them speak HTTP/1.1 to the edge. */
const proxies: Readonly<Record<string, Proxy>> = {
  nginx: (lines, { host, address, scheme }) => [
    ...([
      ['Host', host],
      ['X-Forwarded-For', address],
      ['X-Forwarded-Proto', scheme],
      ['Connection', 'close'],
    ] as const),
    ...lines,
  ],
  HAProxy: (lines, { host, address }) => [['host', host], ...lines.map(lower), ['x-forwarded-for', address]],
  Envoy: (lines, { host, address, scheme }) => [
    ['host', host],
    ...lines.map(lower),
    ...([
      ['x-forwarded-for', address],
      ['x-forwarded-proto', scheme],
      ['x-request-id', '6f1f6c52'],
    ] as const),
  ],
  // Go keeps a map of names, and writes it sorted.
  'Caddy and Traefik': (lines, { host, address, scheme }) => {
    const own: Line[] = [
      ['X-Forwarded-For', address],
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Proto', scheme],
    ];
    const sorted = [...lines.map(title), ...own].sort(([one], [other]) => (one < other ? -1 : 1));
    const agent = sorted.filter(([name]) => name === 'User-Agent');
    return [['Host', host], ...agent, ...sorted.filter(([name]) => name !== 'User-Agent')];
  },
  'a balancer that writes first': (lines, { host, address, scheme }) => [
    ...([
      ['X-Forwarded-For', address],
      ['X-Forwarded-Proto', scheme],
      ['X-Forwarded-Port', '443'],
    ] as const),
    ...([
      ['Host', host],
      ['X-Trace-Id', 'Root=1-67891233-abcdef'],
    ] as const),
    ...lines,
  ],
  'a cache that asks for what it stores': (lines, { host, address, scheme }) => [
    ['Host', host],
    ...lines.filter(([name]) => name.toLowerCase() !== 'accept-encoding'),
    ...([
      ['Accept-Encoding', 'gzip'],
      ['X-Forwarded-For', address],
      ['X-Forwarded-Proto', scheme],
    ] as const),
  ],
};

const ofConnection = new Set([
  'connection',
  'keep-alive',
  'te',
  'upgrade',
  'http2-settings',
  'host',
  'x-forwarded-for',
]);

function through(head: RequestHead, proxy: Proxy): RequestHead {
  const { clientAddress, method, rawHeaders, scheme, target } = head;
  const lines: Line[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!ofConnection.has(rawHeaders[index]!.toLowerCase())) lines.push([rawHeaders[index]!, rawHeaders[index + 1]!]);
  }
  const host = head.authority ?? head.headers.host ?? head.host;
  const sent = proxy(lines, { host, address: clientAddress, scheme }).flat();
  return requestHead({ method, target, version: '1.1', rawHeaders: sent, scheme, clientAddress, isRelayed: true });
}

for (const [name, proxy] of Object.entries(proxies)) {
  test(`behind ${name}, trusted, people stay people and most programs programs`, (context) => {
    const traffic = recordedTraffic(5);
    const requests = traffic.requests.map((request) => ({ ...request, head: through(request.head, proxy) }));
    const relayed: Traffic = { ...traffic, requests };
    const rows = makeRows(relayed, features, 'all');
    const isLow = (row: (typeof rows)[number]) => heuristicHits(row) || scoreOf(model.probability(row.vector)) < 30;
    const people = rows.filter(({ session }) => session.label === 'human');
    const programs = rows.filter(({ session }) => session.label === 'bot');
    const [low, caught] = [people.filter(isLow).length, programs.filter(isLow).length];
    context.diagnostic(`people below 30: ${low} of ${people.length}; programs: ${caught} of ${programs.length}`);
    assert.ok(people.length > 1_400 && low <= people.length * 0.001, `${low} of ${people.length} people`);
    assert.ok(caught >= programs.length * 0.72, `${caught} of ${programs.length} programs`);
  });
}
