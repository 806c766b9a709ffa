import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentSigningKey, signBundle, versionMax } from '../bundles/index.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemDisk } from '../kernel/disk.ts';
import { createControl } from './createControl.ts';
import { controlLimits } from './limits.ts';
import { shippedPayload } from './shipped.ts';

/** Control in this process, asked as over HTTP. */
async function withControl(
  use: (ask: Ask, told: Told[], folder: ReturnType<typeof dataFolder>, metrics: () => Promise<string>) => Promise<void>,
) {
  const folder = dataFolder(mkdtempSync(join(tmpdir(), 'holdfast-edges-')));
  const told: Told[] = [];
  const tell = (event: string, fields?: object) => void told.push({ event, ...fields });
  const log = { info: tell, warn: tell, error: tell };
  const control = createControl({ folder, disk: systemDisk, clock: systemClock, log });
  const authorization = `Bearer ${Buffer.from(systemDisk.read(folder.controlToken, 99)).toString().trim()}`;
  const ask: Ask = async (path, body) => {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) };
    const answer = await control.app.request(path, { headers: { authorization }, ...init });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  try {
    await use(ask, told, folder, async () => (await control.app.request('/metrics')).text());
  } finally {
    control.close();
    rmSync(folder.root, { recursive: true, force: true });
  }
}

type Told = { readonly event: string } & Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test asserts.
type Ask = (path: string, body?: unknown) => Promise<{ readonly status: number; readonly body: any }>;

const findings = [{ reason: 'rehearsal-threw', message: 'It threw.' }];
const report = (...bundles: object[]) => ({ versions: {}, bundles, workers: [], localKilled: [] });
const ack = (kind: string, version: number) => ({ outcome: 'ack', kind, version });
const nack = (kind: string, version: number) => ({ outcome: 'nack', kind, version, findings });

test('an edge that names a version out of all reach is not believed, and the kill switches go on working', async () => {
  await withControl(async (ask, told) => {
    for (const bundle of [ack('switches', versionMax), nack('switches', versionMax), ack('features', 1_000_001)]) {
      for (let time = 0; time < 3; time++) await ask('/v1/edges/e/report', report(bundle));
    }
    const ignored = told.filter(({ event }) => event === 'version-ignored');
    assert.deepEqual(
      ignored.map(({ edge, kind, version }) => [edge, kind, version]),
      [
        ['e', 'switches', versionMax],
        ['e', 'switches', versionMax],
        ['e', 'features', 1_000_001],
      ],
      'told once, not with every report',
    );
    const killed = await ask('/v1/switches', { kill: 'bots' });
    assert.deepEqual([killed.status, killed.body.version], [200, 1]);
    await ask('/v1/edges/e/report', report(ack('features', 1_000_000)));
    assert.equal((await ask('/v1/kinds/features')).body.next, 1_000_001, 'what a lost store may have to catch up with');
  });
});

test('when the numbers are used up a switch is refused with what to do, not with a fault of our own', async () => {
  await withControl(async (ask, _told, folder) => {
    const key = currentSigningKey(folder, systemDisk, 'switches');
    const payload = Buffer.from('{"schema":1,"killed":[]}');
    const last = signBundle({ kind: 'switches', version: versionMax, madeAtMs: 1, payload }, key);
    assert.equal((await ask('/v1/kinds/switches/bundles', last)).status, 201);
    const answer = await ask('/v1/switches', { kill: 'bots' });
    assert.deepEqual([answer.status, answer.body.error], [409, 'versions-used-up']);
    assert.match(answer.body.help, /--local/);
    assert.equal((await ask('/v1/kinds/switches')).status, 200);
  });
});

test('a bundle signed elsewhere must be above what any edge has seen, not only above what control holds', async () => {
  await withControl(async (ask, _told, folder) => {
    await ask('/v1/edges/e/report', report(nack('features', 40)));
    const key = currentSigningKey(folder, systemDisk, 'features');
    const signed = (version: number) =>
      signBundle({ kind: 'features', version, madeAtMs: 1, payload: shippedPayload('features')! }, key);
    const refused = await ask('/v1/kinds/features/bundles', signed(40));
    assert.deepEqual([refused.status, refused.body.error], [409, 'version-not-higher']);
    assert.equal((await ask('/v1/kinds/features/bundles', signed(41))).status, 201);
  });
});

test('a refusal that the store has let go is not recorded again by the report that repeats it', async () => {
  await withControl(async (ask) => {
    await ask('/v1/edges/old/report', report(nack('model', 1)));
    for (let index = 0; index < controlLimits.refusalsKept; index++) {
      await ask('/v1/kinds/model/refusals', { where: 'factory', findings });
    }
    await ask('/v1/edges/old/report', report(nack('model', 1)));
    const { refusals } = (await ask('/v1/kinds/model')).body;
    assert.equal(refusals[0].where, 'factory');
  });
});

test('reasons that this software does not know are one label, however many there are', async () => {
  await withControl(async (ask, _told, _folder, metrics) => {
    for (let index = 0; index < 20; index++) {
      await ask('/v1/kinds/model/refusals', {
        where: 'factory',
        findings: [{ reason: `made-up-${index}`, message: '' }],
      });
    }
    const text = await metrics();
    assert.match(text, /holdfast_refusals_total\{kind="model",place="factory",reason="other"\} 20/);
    assert.doesNotMatch(text, /made-up/);
  });
});
