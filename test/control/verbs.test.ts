import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { currentSigningKey, readEnvelope, signBundle } from '../../src/bundles/index.ts';
import { runVerb } from '../../src/cli/terminal/runVerb.ts';
import type { Verb } from '../../src/cli/terminal/verb.ts';
import { freezeVerb as freeze, unfreezeVerb as unfreeze } from '../../src/cli/verbs/freezeVerb.ts';
import { keysVerb as keys } from '../../src/cli/verbs/keysVerb.ts';
import { killVerb as kill, unkillVerb as unkill } from '../../src/cli/verbs/killVerb.ts';
import { kindVerbs } from '../../src/cli/verbs/kindVerbs.ts';
import { switchesVerb as switches } from '../../src/cli/verbs/switchesVerb.ts';
import type { BundleKind } from '../../src/contract/bundleKind.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { systemDisk } from '../../src/kernel/disk.ts';
import { featureCount } from '../support/featureCount.ts';
import { ControlProcess } from './controlProcess.ts';

const kindNamed = (kind: BundleKind) => kindVerbs.find(({ name }) => name === kind)!;
const features = kindNamed('features');
const model = kindNamed('model');

async function run(verb: Verb, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const write = (add: (text: string) => void) => ({ write: (text: string) => add(text) });
  const code = await runVerb(verb, args, {
    stdout: write((text) => {
      out += text;
    }),
    stderr: write((text) => {
      err += text;
    }),
  });
  return { code, out, err };
}

describe('verbs against a real control', () => {
  const control = new ControlProcess();
  const { root, run: runFolder, runState } = control.folder;
  const good = join(root, 'good.json');
  const shipped = JSON.parse(
    readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'),
  ) as FeatureFile;
  const at = ['--data', root];

  before(async () => {
    await control.start();
    mkdirSync(runFolder, { recursive: true });
    writeFileSync(
      runState,
      JSON.stringify({ pid: 1, controlUrl: control.url, edgeUrl: 'http://127.0.0.1:1', pids: {} }),
    );
    writeFileSync(good, JSON.stringify(shipped));
  });
  after(() => control.stop());

  test('show: shipped first, then what was published, for people and for programs', async () => {
    const before = await run(features, 'show', ...at);
    assert.equal(before.code, 0);
    assert.match(before.out, new RegExp(`^features 0 \\(as shipped\\): ${featureCount} features\\nNAME .*DEFAULT`));
    assert.equal((await run(features, 'publish', good, '--note', 'by hand', ...at)).code, 0);
    const shown = await run(features, 'show', '--json', ...at);
    assert.deepEqual(JSON.parse(shown.out), shipped);
    assert.equal((await run(features, 'show', '99', ...at)).code, 1);
  });

  test('publish: a refusal prints every reason with figures and names, and exits 1', async () => {
    const bad = join(root, 'bad.json');
    writeFileSync(bad, JSON.stringify({ schema: 1, features: Array(4).fill(shipped.features).flat() }));
    const { code, err } = await run(features, 'publish', bad, ...at);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`features-too-many \\(${4 * featureCount}, limit 200\\): `));
    assert.match(err, new RegExp(`feature-name-duplicate \\(${featureCount}, limit 0\\): `));
    for (const { name } of shipped.features) assert.ok(err.includes(name), name);
    writeFileSync(bad, Buffer.alloc((1 << 20) + 1, 0x20));
    assert.match((await run(features, 'publish', bad, ...at)).err, /payload-too-large/);
    assert.equal((await run(features, 'publish', join(root, 'nothing.json'), ...at)).code, 2);
  });

  test('publish --accept-shift is in the signed header; a signed bundle goes in as it is', async () => {
    assert.equal((await run(features, 'publish', good, '--accept-shift', ...at)).code, 0);
    const { latest, next } = await control.json('/v1/kinds/features');
    const bytes = new Uint8Array(await (await control.call(`/v1/bundles/features/${latest}`)).arrayBuffer());
    const envelope = readEnvelope(bytes, 'features');
    assert.ok(envelope.ok && envelope.value.acceptShift);
    const key = currentSigningKey(control.folder, systemDisk, 'features');
    const path = join(root, 'signed.bundle');
    writeFileSync(path, signBundle({ kind: 'features', version: next, madeAtMs: 1, payload: readFileSync(good) }, key));
    assert.equal((await run(features, 'publish', path, ...at)).code, 0);
    assert.equal((await run(features, 'publish', path, ...at)).code, 1);
  });

  test('rollback, freeze and unfreeze say what they did', async () => {
    assert.match(
      (await run(features, 'rollback', '1', ...at)).out,
      /^features \d+ now carries the content of 1\n.*freeze features/,
    );
    assert.equal((await run(features, 'rollback', '77', ...at)).code, 1);
    assert.match(
      (await run(freeze, ...at)).out,
      /^lists is frozen at 0\nfeatures is frozen at \d+\nmodel is frozen at 0\nsignals is frozen at 0\nsites is frozen at 0\n$/,
    );
    const refused = await run(features, 'publish', good, ...at);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /kind-frozen/);
    assert.match((await run(features, 'status', ...at)).out, /FROZEN/);
    assert.equal((await run(features, 'rollback', '0', ...at)).code, 0);
    assert.match((await run(features, 'unfreeze', ...at)).out, /features is open/);
    assert.equal((await run(unfreeze, ...at)).code, 0);
    assert.equal((await run(freeze, 'switches', ...at)).code, 1);
    assert.equal((await run(freeze, 'nonsense', ...at)).code, 2);
  });

  test('status lists versions, edges and refusals', async () => {
    const report = { versions: { features: 2 }, bundles: [], workers: [], localKilled: ['rules'] };
    await control.post('/v1/edges/edge-1/report', report);
    const { out } = await run(features, 'status', ...at);
    assert.match(out, /edge-1 +2 +seen/);
    assert.match(out, /by hand/);
    assert.match(out, /at control\n {4}(payload-too-large|feature)/);
    const status = JSON.parse((await run(features, 'status', '--json', ...at)).out);
    assert.equal(status.edges[0].version, 2);
    assert.match((await run(model, 'status', ...at)).out, /^model: version 0/);
  });

  test('kill and unkill', async () => {
    assert.match((await run(kill, 'bots', ...at)).out, /^bots is off everywhere/);
    assert.match((await run(kill, 'rule:shop.example/block bots', ...at)).out, /is off everywhere/);
    assert.match(
      (await run(switches, ...at)).out,
      /^bots {2}off everywhere\n.*block bots {2}off everywhere\nrules {2}off on edge-1\n$/s,
    );
    await run(unkill, 'rule:shop.example/block bots', ...at);
    assert.match((await run(unkill, 'bots', ...at)).out, /^bots is on everywhere/);
    assert.deepEqual(JSON.parse((await run(switches, '--json', ...at)).out), {
      killed: [],
      local: { 'edge-1': ['rules'] },
    });
    assert.equal((await run(kill, 'everything', ...at)).code, 2);
    assert.equal((await run(kill, ...at)).code, 2);
  });

  test('keys: rotate, publish under the new one, revoke the old one', async () => {
    const old = currentSigningKey(control.folder, systemDisk, 'features').id;
    assert.match((await run(keys, 'list', ...at)).out, new RegExp(`features +${old} +signs`));
    assert.equal((await run(keys, 'revoke', 'features', old, ...at)).code, 1, 'the key in use is not revocable');
    assert.equal((await run(keys, 'rotate', 'features', ...at)).code, 0);
    assert.equal((await run(keys, 'rotate', 'features', ...at)).code, 1, 'two at a time');
    assert.equal((await run(features, 'publish', good, ...at)).code, 0);
    assert.equal((await run(keys, 'revoke', 'features', old, ...at)).code, 0);
    const list = JSON.parse((await run(keys, 'list', '--json', ...at)).out) as {
      id: string;
      kind: string;
      state: string;
    }[];
    assert.deepEqual(
      list.filter(({ kind }) => kind === 'features').map(({ state }) => state),
      ['revoked', 'signs'],
    );
    assert.equal((await run(keys, 'revoke', 'features', '0123456789abcdef', ...at)).code, 1);
    assert.equal(statSync(join(control.folder.keys, 'features.json')).mode & 0o777, 0o600);
    assert.ok(
      !readFileSync(join(control.folder.keys, 'features.json'), 'utf8').includes(old),
      'its private half is gone',
    );
    assert.equal((await run(features, 'publish', good, ...at)).code, 0);
  });

  test('nobody there: exit 69, and what to do about it', async () => {
    await control.end('SIGTERM');
    for (const verb of [features, model]) {
      const { code, err } = await run(verb, 'status', ...at);
      assert.equal(code, 69);
      assert.match(err, /holdfast up.*--local/s);
    }
    const local = await run(kill, 'bots', '--local', ...at);
    assert.equal(local.code, 69);
    assert.match(local.err, /agent/);
    const nowhere = mkdtempSync(join(tmpdir(), 'holdfast-nowhere-'));
    assert.equal((await run(features, 'status', '--data', nowhere)).code, 69);
    assert.equal((await run(keys, 'list', '--data', nowhere)).code, 0);
    rmSync(nowhere, { recursive: true });
  });

  test('slips of the keyboard: exit 2 with the usage; --help: 0', async () => {
    for (const args of [
      [],
      ['nonsense'],
      ['publish'],
      ['rollback', 'x'],
      ['status', '--nonsense'],
      ['show', '1', '2'],
      ['show', 'x'],
    ]) {
      const { code, err } = await run(features, ...args, ...at);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /usage: holdfast features/);
    }
    assert.equal((await run(keys, 'rotate', 'nonsense', ...at)).code, 2);
    for (const verb of [features, model, freeze, kill, switches, keys]) {
      const { code, out } = await run(verb, '--help');
      assert.equal(code, 0);
      assert.match(out, /^usage: holdfast/);
    }
  });
});
