import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { ask, site, startOrigin, Undo } from './harness.ts';
import { startWorkerProcess } from './workerProcess.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

async function arrange() {
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    response.end(`score=${request.headers['holdfast-bot-score'] ?? 'none'}`);
  });
  const sites = { schema: 1 as const, sites: [site(url)] };
  return { sites, worker: await startWorkerProcess(undo, sites) };
}

test('a worker on a socket that it was handed: scores with what was shipped, beats, samples, drains', async () => {
  const { worker } = await arrange();
  assert.match(readFileSync(`/proc/${worker.pid}/cmdline`, 'latin1'), /^holdfast: worker 1/);
  const [ready] = worker.messages;
  assert.ok(ready?.type === 'ready');
  assert.deepEqual(ready.versions, { features: 0, model: 0, sites: 1 });
  assert.match((await ask(worker.port, '/', ['User-Agent: curl/8.0', 'Cookie: sid=secret'])).body, /^score=\d+$/);
  await ask(worker.port, '/', ['Content-Length: x']);
  const health = await worker.health();
  assert.equal(health.requests, 1);
  assert.equal(health.rejected['content-length-invalid'], 1);
  assert.ok(health.latencyP99Ms > 0 && health.rssBytes > 1e6);
  const { heads } = await worker.next('sample');
  assert.ok(heads[0]!.rawHeaders.includes('curl/8.0'));
  assert.ok(!JSON.stringify(heads).includes('secret'));
  worker.child.kill('SIGINT');
  worker.send({ type: 'drain', deadlineMs: 5_000 });
  assert.equal(await worker.exited, 0);
});

test('activate: exactly these versions from the disk, or all the reasons why not', async () => {
  const { worker, sites } = await arrange();
  const versions = { features: 0, model: 0, sites: 2 };
  worker.store('sites', 2, { schema: 1, sites: [{ ...sites.sites[0], name: 'renamed', hosts: ['shop.example'] }] });
  worker.send({ type: 'activate', id: 1, versions, localKilled: [] });
  assert.deepEqual(await worker.next('activated'), { type: 'activated', id: 1, versions });
  assert.match((await ask(worker.port, '/.holdfast/trace')).body, /^site=renamed\n[\s\S]*^sites=2$/m);

  worker.store('sites', 3, { schema: 1, sites: [{ ...sites.sites[0], origin: 'nowhere' }] });
  worker.send({ type: 'activate', id: 2, versions: { ...versions, sites: 3 }, localKilled: [] });
  const refused = await worker.next('refused');
  assert.ok(refused.findings.some(({ reason }) => reason === 'origin-invalid'));
  worker.send({ type: 'activate', id: 3, versions: { ...versions, sites: 4 }, localKilled: [] });
  assert.ok((await worker.next('refused')).findings.some(({ reason }) => reason === 'bundle-missing'));
  assert.match((await ask(worker.port, '/.holdfast/trace')).body, /^sites=2$/m);

  worker.send({ type: 'activate', id: 4, versions, localKilled: ['bots'] });
  await worker.next('activated');
  assert.match((await ask(worker.port, '/.holdfast/trace')).body, /^absent=killed$/m);
});

test('a worker whose supervisor is gone ends, and does not wait for idle visitors', { timeout: 10_000 }, async () => {
  const { worker } = await arrange();
  const idle = connect(worker.port, '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  worker.child.disconnect();
  assert.equal(await worker.exited, 0);
  idle.destroy();
});
