import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { freePort, statusOf } from '../support/firstVisitors.ts';
import { site, startEdge, startOrigin, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const noSites = { versions: {} };

test('a worker that starts without sites accepts nobody until it has some', async () => {
  const { url } = await startOrigin(undo, (_request, response) => response.end('from the origin'));
  const port = await freePort();
  const { activate, sent, worker } = await startEdge(undo, { set: noSites, port, sitesWaitMs: 60_000 });
  assert.equal(sent[0]?.type, 'ready');
  assert.equal(await statusOf(port), undefined);
  // What comes before them, a feature file for instance, is no reason to accept.
  assert.equal(activate(noSites).type, 'activated');
  assert.equal(await statusOf(port), undefined);
  const set = { versions: { sites: 1 }, sites: { schema: 1 as const, sites: [site(url)] } };
  assert.equal(activate(set).type, 'activated');
  assert.equal(await statusOf(port), 200);
  // Without them again, on a socket that listens, it says so.
  activate(noSites);
  assert.equal(await statusOf(port), 503);
  activate(set);
  assert.equal(await statusOf(port), 200);
  assert.equal(worker.health().status5xxOwn, 1);
});

test('it does not wait for them without end', async () => {
  const port = await freePort();
  await startEdge(undo, { set: noSites, port, sitesWaitMs: 50 });
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    const status = await statusOf(port);
    if (status === 503) break;
    assert.ok(status === undefined && performance.now() < deadlineMs);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test('one that is told to end while it waits ends, and does not listen any more', async () => {
  const port = await freePort();
  const { activate, worker } = await startEdge(undo, { set: noSites, port, sitesWaitMs: 60_000 });
  worker.drain(1_000);
  activate({ versions: { sites: 1 }, sites: { schema: 1 as const, sites: [site('http://127.0.0.1:9')] } });
  assert.equal(await statusOf(port), undefined);
});
