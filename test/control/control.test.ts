import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  currentSigningKey,
  generateSigningKey,
  readTrust,
  rotateKey,
  signBundle,
  verifyBundle,
} from '../../src/bundles/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ListsFile } from '../../src/contract/kinds/listsFile.ts';
import { systemDisk } from '../../src/kernel/disk.ts';
import { encodeLists } from '../../src/lists/index.ts';
import { featureCount } from '../support/featureCount.ts';
import { listsOf } from '../support/lists.ts';
import { ControlProcess } from './controlProcess.ts';

const shipped = readFileSync(new URL('../../shipped/features.json', import.meta.url));
const file = JSON.parse(shipped.toString()) as FeatureFile;

function payload(change: (features: FeatureFile['features'][number][]) => void): Buffer {
  const features = structuredClone([...file.features]);
  change(features);
  return Buffer.from(JSON.stringify({ schema: 1, features }));
}

const reasonsOf = (answer: { findings: { reason: string }[] }) => answer.findings.map((finding) => finding.reason);

describe('control, a real process', () => {
  const control = new ControlProcess();
  before(() => control.start());
  after(() => control.stop());

  const publish = async (bytes: Uint8Array) => {
    const answer = await control.post('/v1/kinds/features/payloads?note=test', bytes);
    return { status: answer.status, body: await answer.json() };
  };
  const signed = (version: number, bytes: Uint8Array = shipped) =>
    signBundle(
      { kind: 'features', version, madeAtMs: Date.now(), payload: bytes },
      currentSigningKey(control.folder, systemDisk, 'features'),
    );

  test('nobody without the token; token and keys are for their owner alone', async () => {
    assert.equal((await control.call('/v1/kinds', { token: 'wrong-token-wrong-token' })).status, 401);
    assert.equal((await fetch(`${control.url}/v1/kinds`)).status, 401);
    for (const path of [control.folder.controlToken, join(control.folder.keys, 'features.json')]) {
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
    }
    for (const path of ['/healthz', '/metrics', '/openapi.json', '/']) {
      assert.equal((await fetch(`${control.url}${path}`)).status, 200, path);
    }
  });

  test('a payload is numbered, signed, and comes out verifiable', async () => {
    const { status, body } = await publish(shipped);
    assert.equal(status, 201);
    const bytes = new Uint8Array(await (await control.call(`/v1/bundles/features/${body.version}`)).arrayBuffer());
    const trust = readTrust(control.folder, systemDisk);
    const bundle = verifyBundle(bytes, { kind: 'features', trust, versionAfter: body.version - 1 });
    assert.ok(bundle.ok);
    assert.deepEqual(Buffer.from(bundle.value.payload), shipped);
  });

  test('good and bad in turns: each bad one is refused for its own reasons, recorded, and changes nothing', async () => {
    const doubled = payload((features) => features.push(...structuredClone(features)));
    const quadrupled = payload((features) => features.push(...features, ...features, ...features));
    for (let round = 0; round < 3; round++) {
      const bad = await publish(doubled);
      assert.equal(bad.status, 422);
      assert.deepEqual(reasonsOf(bad.body), ['feature-name-duplicate']);
      assert.equal(bad.body.findings[0].names.length, featureCount);
      const worse = await publish(quadrupled);
      assert.deepEqual(reasonsOf(worse.body).sort(), ['feature-name-duplicate', 'features-too-many']);
      const count = worse.body.findings.find((finding: { reason: string }) => finding.reason === 'features-too-many');
      assert.deepEqual([count.value, count.limit], [featureCount * 4, 200]);
      const before = (await control.json('/v1/kinds/features')).latest;
      assert.equal((await publish(shipped)).body.version, before + 1);
    }
    const { refusals } = await control.json('/v1/kinds/features');
    assert.equal(refusals.length, 6);
    assert.match(
      await (await control.call('/metrics')).text(),
      /holdfast_refusals_total\{kind="features",place="control",reason="features-too-many"\} 3/,
    );
  });

  test('an installation that published a part of what is shipped takes the whole at once; names of its own still come in steps', async () => {
    const read = new Set(
      JSON.parse(readFileSync(new URL('../../shipped/model.json', import.meta.url), 'utf8')).features,
    );
    const unread = file.features.filter(({ name }) => !read.has(name));
    const without = (count: number) => file.features.filter((each) => !unread.slice(0, count).includes(each));
    const publishFeatures = (features: readonly unknown[]) =>
      publish(Buffer.from(JSON.stringify({ schema: 1, features })));
    for (const count of [25, 43]) assert.equal((await publishFeatures(without(count))).status, 201);
    const own = unread.slice(0, 43).map((each) => ({ ...each, name: `own_${each.name}`.slice(0, 64) }));
    assert.deepEqual(reasonsOf((await publishFeatures([...without(43), ...own])).body), ['features-grown']);
    assert.equal((await publish(shipped)).status, 201);
  });

  test('a signed bundle needs a trusted key and a higher number', async () => {
    const { next } = await control.json('/v1/kinds/features');
    const post = (bytes: Uint8Array) => control.post('/v1/kinds/features/bundles', bytes);
    assert.equal((await post(signed(next))).status, 201);
    const again = await post(signed(next));
    assert.equal(again.status, 409);
    assert.match((await again.json()).help, new RegExp(`Number it ${next + 1}`));
    const stranger = signBundle(
      { kind: 'features', version: next + 1, madeAtMs: 0, payload: shipped },
      generateSigningKey('features'),
    );
    assert.deepEqual(reasonsOf(await (await post(stranger)).json()), ['key-unknown']);
    assert.deepEqual(reasonsOf(await (await post(Buffer.from('nonsense'))).json()), ['envelope-malformed']);
  });

  test('too large is refused before it is read, recorded, and the next call works', async () => {
    const large = await control.post('/v1/kinds/features/payloads', Buffer.alloc(3 << 20, 0x20));
    assert.equal(large.status, 413);
    assert.deepEqual(reasonsOf(await large.json()), ['payload-too-large']);
    const { refusals } = await control.json('/v1/kinds/features');
    assert.equal(refusals[0].findings[0].reason, 'payload-too-large');
  });

  test('the long poll answers at once when there is news, else at the change, and never spins', async () => {
    const { latest } = await control.json('/v1/kinds/features');
    const wanted = (query: string) => control.json(`/v1/edges/e1/wanted?${query}`);
    assert.equal((await wanted('waitS=20')).versions.features, latest);
    const startedMs = performance.now();
    assert.equal((await wanted('waitS=20')).versions.features, latest);
    assert.ok(performance.now() - startedMs >= 900, 'the same news twice in a row waits a second');

    const waiting = wanted(`waitS=20&features=${latest}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const changedMs = performance.now();
    await control.post('/v1/switches', { kill: 'rules' });
    assert.ok('switches' in (await waiting).versions);
    assert.ok(performance.now() - changedMs < 500);
    await control.post('/v1/switches', { unkill: 'rules' });

    const quiet = performance.now();
    const { switches } = (await control.json('/v1/edges/e2/wanted')).versions;
    await control.json(`/v1/edges/e3/wanted?waitS=1&features=${latest}&switches=${switches}`);
    assert.ok(performance.now() - quiet >= 950, 'nothing new: waits its time');
  });

  test('a client that goes away takes its long poll with it', async () => {
    const waitingNow = async () => {
      const text = await (await control.call('/metrics')).text();
      return Number(/^holdfast_control_waiting (\d+)$/m.exec(text)?.[1]);
    };
    const { port } = new URL(control.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `GET /v1/edges/e9/wanted?waitS=60&features=99999&switches=99999 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${control.token}\r\n\r\n`,
    );
    while ((await waitingNow()) !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    while ((await waitingNow()) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('freeze stops publishing, not going back; switches cannot be frozen', async () => {
    const { latest } = await control.json('/v1/kinds/features');
    assert.equal((await control.post('/v1/kinds/features/freeze', {})).status, 200);
    const refused = await publish(shipped);
    assert.equal(refused.status, 423);
    assert.match(refused.body.help, /unfreeze features/);
    assert.equal((await control.post('/v1/kinds/features/bundles', signed(latest + 1))).status, 423);
    assert.equal((await control.json('/v1/edges/f/wanted')).versions.features, undefined, 'nor is it spread further');
    const back = await control.post('/v1/kinds/features/rollback', { version: 1 });
    assert.equal(back.status, 201);
    assert.equal((await back.json()).version, latest + 1);
    assert.equal((await control.json('/v1/edges/f/wanted')).versions.features, latest + 1, 'what is rolled back to is');
    assert.equal((await control.post('/v1/kinds/features/unfreeze', {})).status, 200);
    assert.equal((await publish(shipped)).status, 201);
    assert.equal((await control.post('/v1/kinds/switches/freeze', {})).status, 422);
  });

  test('what a freeze held back goes out the moment it ends', async () => {
    const { latest } = await control.json('/v1/kinds/features');
    await control.post('/v1/kinds/features/freeze', {});
    const versions = Object.entries((await control.json('/v1/edges/late/wanted')).versions);
    const rest = versions.map(([kind, version]) => `${kind}=${version}`).join('&');
    const waiting = control.json(`/v1/edges/late/wanted?waitS=20&features=${latest - 1}&${rest}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedMs = performance.now();
    await control.post('/v1/kinds/features/unfreeze', {});
    assert.equal((await waiting).versions.features, latest);
    assert.ok(performance.now() - startedMs < 500);
  });

  test('rollback carries the old bytes under a new number; 0 is what the software ships with', async () => {
    const changed = await publish(
      payload((features) => {
        features[0] = { ...features[0]!, default: 1 };
      }),
    );
    assert.equal(changed.status, 201);
    const back = await (
      await control.post('/v1/kinds/features/rollback', { version: changed.body.version - 1 })
    ).json();
    assert.equal(back.version, changed.body.version + 1);
    assert.notEqual(back.sha256, changed.body.sha256);
    const zero = await (await control.post('/v1/kinds/features/rollback', { version: 0 })).json();
    const bytes = Buffer.from(await (await control.call(`/v1/bundles/features/${zero.version}`)).arrayBuffer());
    assert.ok(bytes.includes('"acceptShift":true'), 'going back is meant to change scores');
    assert.deepEqual(bytes.subarray(bytes.indexOf(0x0a) + 1), shipped);
    assert.equal((await control.post('/v1/kinds/features/rollback', { version: 9_999 })).status, 404);
  });

  test('switches: once is one version, twice is no change, unknown is refused', async () => {
    const post = async (body: unknown) => (await control.post('/v1/switches', body)).json();
    const first = await post({ kill: 'rule:shop.example/block bots' });
    assert.deepEqual(first.killed, ['rule:shop.example/block bots']);
    assert.equal((await post({ kill: 'rule:shop.example/block bots' })).version, first.version);
    const second = await post({ unkill: 'rule:shop.example/block bots' });
    assert.deepEqual(second, { killed: [], version: first.version + 1 });
    assert.equal((await post({ kill: 'everything' })).error, 'switch-unknown');
    assert.equal((await post({ kill: 'bots', unkill: 'bots' })).error, 'body-invalid');
  });

  test('what edges and the factory refuse is shown once, with where', async () => {
    const findings = [{ reason: 'rehearsal-threw', message: 'It threw.' }];
    const report = {
      versions: { features: 1 },
      bundles: [{ outcome: 'nack', kind: 'features', version: 7_000, findings }],
      workers: [],
      localKilled: ['bots'],
    };
    for (let time = 0; time < 3; time++) {
      assert.equal((await control.post('/v1/edges/edge-a/report', report)).status, 204);
    }
    const factory = { where: 'factory', findings: [{ reason: 'readings-disagree', message: 'Two replicas.' }] };
    assert.equal((await control.post('/v1/kinds/features/refusals', factory)).status, 204);
    const status = await control.json('/v1/kinds/features');
    assert.deepEqual(
      status.refusals.slice(0, 2).map((refusal: { where: string }) => refusal.where),
      ['factory', 'edge-a'],
    );
    assert.equal(status.refusals.filter((refusal: { where: string }) => refusal.where === 'edge-a').length, 1);
    assert.equal(status.next, 7_001, 'a number that an edge has refused is not given out again');
    const edges = await control.json('/v1/edges');
    assert.deepEqual(edges[0].report.localKilled, ['bots']);
    assert.equal((await control.post('/v1/edges/edge-a/report', { versions: 'x' })).status, 400);
    assert.equal((await control.post(`/v1/edges/${'a'.repeat(65)}/report`, report)).status, 400);
  });

  test('a rotated key signs from the next bundle on, without a restart', async () => {
    const key = rotateKey(control.folder, systemDisk, 'features');
    const { body } = await publish(shipped);
    const bytes = Buffer.from(await (await control.call(`/v1/bundles/features/${body.version}`)).arrayBuffer());
    assert.ok(bytes.subarray(0, 400).includes(key.id));
  });

  test('every change left its row in the audit, and the token is in none', async () => {
    const rows = await control.json('/v1/audit');
    const actions = new Set(rows.map((row: { action: string }) => row.action));
    for (const action of ['publish', 'rollback', 'freeze', 'unfreeze', 'kill rules', 'unkill rules']) {
      assert.ok(actions.has(action), action);
    }
    assert.ok(!JSON.stringify(rows).includes(control.token));
    assert.match(rows[0].who, /^token-[0-9a-f]{8}$/);
  });

  test('the page escapes by construction and allows no foreign script', async () => {
    const page = await fetch(`${control.url}/`);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'sha256-/);
    const text = await page.text();
    assert.doesNotMatch(text, /innerHTML|insertAdjacent|document\.write|https?:\/\//);
  });

  test('malformed requests are answered and nothing ends', async () => {
    const { pid } = control;
    const paths = [
      '/v1/kinds/nonsense',
      '/v1/kinds/__proto__',
      '/v1/bundles/features/x',
      '/v1/bundles/features/-1',
      '/v1/%00',
      '/v1/edges/%2e%2e/wanted',
    ];
    for (const path of paths) assert.ok((await control.call(path)).status >= 400, path);
    for (const body of ['', '{', '[]', 'null', '{"__proto__":{}}', '"a"', '['.repeat(200_000)]) {
      const status = (await control.call('/v1/switches', { method: 'POST', body })).status;
      assert.ok(status === 400 || status === 413, `${body.slice(0, 20)}: ${status}`);
    }
    assert.equal((await control.call('/healthz')).status, 200);
    assert.equal(control.pid, pid);
  });

  test('kill -9 and a restart keep everything', async () => {
    await control.post('/v1/kinds/model/freeze', {});
    await control.post('/v1/switches', { kill: 'bots' });
    const before = await Promise.all(['/v1/kinds', '/v1/switches', '/v1/audit'].map((path) => control.json(path)));
    const { token } = control;
    await control.end('SIGKILL');
    await control.start();
    assert.equal(control.token, token);
    const afterwards = await Promise.all(['/v1/kinds', '/v1/switches', '/v1/audit'].map((path) => control.json(path)));
    assert.deepEqual(afterwards, before);
    assert.deepEqual((await control.json('/v1/edges'))[0].edge, 'edge-a');
  });

  test('a broken store: 503 with help, the process lives, and a repaired store works without a restart', async () => {
    await control.end('SIGTERM');
    const path = join(control.folder.control, 'control.db');
    const good = readFileSync(path);
    writeFileSync(path, Buffer.alloc(8_192, 0x41));
    await control.start();
    for (const call of [
      () => control.call('/v1/kinds'),
      () => control.post('/v1/switches', { kill: 'bots' }),
      () => control.call('/v1/edges/a/wanted'),
    ]) {
      const answer = await call();
      assert.equal(answer.status, 503);
      assert.match((await answer.json()).help, /Edges go on.*--local/);
    }
    assert.equal((await control.call('/metrics')).status, 200);
    assert.equal((await control.call('/')).status, 200);
    writeFileSync(path, good);
    assert.deepEqual((await control.json('/v1/switches')).killed, ['bots']);
  });

  // Last: what is published wakes every long poll that does not ask for it.
  test('lists are compared with the ones in force: half a list gone is refused here and not only on edges', async () => {
    const many = (count: number) =>
      listsOf(Array.from({ length: count }, (_, index) => [`10.${index}.0.0/24`, 'hosting'] as const));
    const publishLists = async (lists: ListsFile) => {
      const answer = await control.post('/v1/kinds/lists/payloads?note=test', encodeLists(lists));
      return { status: answer.status, body: await answer.json() };
    };
    assert.equal((await publishLists(many(100))).status, 201);
    const halved = await publishLists(many(40));
    assert.deepEqual([halved.status, [...new Set(reasonsOf(halved.body))]], [422, ['lists-shrunk']]);
    assert.equal((await publishLists(many(60))).status, 201);
  });
});
