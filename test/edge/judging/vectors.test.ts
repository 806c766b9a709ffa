import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, test } from 'node:test';
import type { FeatureFile } from '../../../src/contract/kinds/featureFile.ts';
import type { LoadedSet } from '../../../src/lastgood/index.ts';
import { ask, site, startEdge, tinyModel, Undo } from '../harness.ts';
import { startLog } from '../startLog.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const features: FeatureFile = {
  schema: 1,
  features: ['header-count', 'path-length'].map((extractor) => ({
    ...({ type: 'Float32', range: [0, 1_000], default: null, parameters: {} } as const),
    ...{ name: extractor.replace('-', '_'), extractor },
  })),
};

test('a request in flight keeps its features, whatever requests come and go meanwhile', async () => {
  const held: ServerResponse[] = [];
  const origin = createServer((request, response) => {
    if (request.url?.startsWith('/held') === true) held.push(response);
    else response.end();
  }).listen(0, '127.0.0.1');
  undo.add(() => {
    origin.closeAllConnections();
    origin.close();
  });
  await new Promise((resolve) => origin.once('listening', resolve));
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const { path, records } = await startLog(undo);
  const set: LoadedSet = {
    versions: { features: 1, model: 1, sites: 1 },
    ...{ features, model: { ...tinyModel, features: ['header_count'] }, sites: { schema: 1, sites: [site(url)] } },
  };
  const edge = await startEdge(undo, { set, logSocket: path });
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `X-Line-${index}: a`);
  const waiting = [7, 9].map((count) => ask(edge.port, `/held/${'h'.repeat(count)}`, lines(count)));
  const untilMs = performance.now() + 10_000;
  while (held.length < 2 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 10));
  for (let count = 0; count < 40; count += 1) await ask(edge.port, `/${'q'.repeat(count)}`, lines(count % 20));
  for (const response of held) response.end();
  await Promise.all(waiting);
  while (records.length < 42 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(records.length, 42);
  for (const { target, vector } of records) {
    // Host, Connection and what `ask` sends besides stand before them.
    const [headerCount, pathLength] = vector!;
    assert.equal(pathLength, target.length, target);
    assert.equal(headerCount! - ownOf(target), records[0]!.vector![0]! - ownOf(records[0]!.target), target);
  }
});

/** How many lines of its own a request had. */
function ownOf(target: string): number {
  return target.startsWith('/held') ? target.length - '/held/'.length : (target.length - 1) % 20;
}
