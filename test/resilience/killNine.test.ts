import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultPoints } from '../../src/agent/index.ts';
import { type BundleKind, bundleKinds } from '../../src/contract/bundleKind.ts';
import { noFaults } from '../../src/kernel/faults.ts';
import { goTheWay, prepare, story } from './bundleWay.ts';
import { openLastGoodIn } from './pretendEdge.ts';
import { bundle, contentVersions, encodeKeys, makeKeys } from './smallBundles.ts';

const keys = makeKeys();
let root = '';
let template = '';

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-kill9-'));
  template = join(root, 'template');
  writeFileSync(join(root, 'keys.json'), encodeKeys(keys));
  await prepare(template, keys);
});
after(() => rmSync(root, { recursive: true, force: true }));

test('the list of fault points is exactly what the code reaches', async () => {
  const reached = new Set<string>();
  const data = copyOfTemplate('all');
  await goTheWay(data, keys, bundleKinds, { reach: (point) => reached.add(point) }, () => {});
  assert.deepEqual([...reached].sort(), [...faultPoints].sort());
  assert.ok(killPoints.length >= 50, `${killPoints.length} points`);
});

// Every step is the same code for every kind: two kinds with all their points are enough for a quick run.
const quickKinds: readonly string[] = ['features', 'switches'];
const killPoints =
  process.env.HOLDFAST_TEST_WHOLE === '1'
    ? faultPoints
    : faultPoints.filter((point) => !bundleKinds.some((kind) => point.includes(kind) && !quickKinds.includes(kind)));

test(`kill -9 at each of ${killPoints.length} points: old or new runs, whole, and never a lower version`, async () => {
  const waiting = [...killPoints];
  const lane = async () => {
    for (let point = waiting.pop(); point !== undefined; point = waiting.pop()) await killAt(point);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane));
});

async function killAt(point: string): Promise<void> {
  const kind = bundleKinds.find((each) => point.split('.').includes(each)) ?? 'sites';
  const data = copyOfTemplate(point);
  const { told, signal } = await runUntilKilled(data, kind, point);
  assert.equal(signal, 'SIGKILL', `${point} was not reached`);

  // What a worker loads that starts now, with nobody to help it.
  const { store, localSwitches } = openLastGoodIn(data, keys);
  const { set, missing } = store.currentSet();
  assert.deepEqual(missing, [], `${point}: nothing may be missing`);
  assert.deepEqual(contentVersions(set), set.versions, `${point}: content and number belong together`);
  for (const each of bundleKinds) {
    const version = set.versions[each] ?? 0;
    const isAllowed = each === kind ? [story.before, story.good].includes(version as 1) : version === story.before;
    assert.ok(isAllowed, `${point}: ${each} ${version} runs`);
  }
  if (told.includes(`ack ${kind} ${story.good}`)) {
    assert.equal(set.versions[kind], story.good, `${point}: what was acknowledged is not lost`);
  }
  if (told.includes('killed bots')) assert.deepEqual(localSwitches.read().killed, ['bots']);

  // The next agent takes up what was underway and arrives where an undisturbed one does.
  await goTheWay(data, keys, [kind], noFaults, () => {});
  const after = openLastGoodIn(data, keys).store;
  assert.equal(after.currentSet().set.versions[kind], story.good, `${point}: the way can be finished`);
  const again = after.versionAfter(kind, after.currentSet().set.versions);
  assert.ok(again >= story.good, `${point}: versions go up only`);
  rmSync(data, { recursive: true, force: true });
}

function runUntilKilled(data: string, kind: BundleKind, point: string) {
  const entry = fileURLToPath(new URL('./agent/killedAgent.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, data, join(root, 'keys.json'), kind, point], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A hundred processes of the same code: compile it once.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') },
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  return new Promise<{ told: string; signal: string | null }>((resolve) => {
    child.on('close', (_code, signal) => resolve({ told, signal }));
  });
}

function copyOfTemplate(name: string): string {
  const data = join(root, name);
  cpSync(template, data, { recursive: true });
  return data;
}

test('a version that was refused is never taken again, also after a restart', async () => {
  const data = copyOfTemplate('refused');
  await goTheWay(data, keys, ['sites'], noFaults, () => {});
  const lines: string[] = [];
  await goTheWay(data, keys, ['sites'], noFaults, (line) => lines.push(line));
  assert.deepEqual(lines.slice(0, 2), [`nack sites ${story.good}`, `nack sites ${story.refused}`]);
  const { store } = openLastGoodIn(data, keys);
  assert.deepEqual(store.state().state.quarantined.sites, [story.refused]);
  assert.ok(bundle(keys, 'sites', story.refused).length > 0);
});
