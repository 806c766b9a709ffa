import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkBundle } from '../../../src/agent/checkBundle.ts';
import { agentLimits, type Outcome } from '../../../src/agent/index.ts';
import {
  type BundleKind,
  bundleKinds,
  type KindVersions,
  payloadBytesMax,
  rowOf,
} from '../../../src/contract/bundleKind.ts';
import { dataFolder } from '../../../src/contract/dataFolder.ts';
import type { FeatureFile } from '../../../src/contract/kinds/featureFile.ts';
import type { ListsFile } from '../../../src/contract/kinds/listsFile.ts';
import type { SignalsFile } from '../../../src/contract/kinds/signalsFile.ts';
import type { SitesFile } from '../../../src/contract/kinds/sitesFile.ts';
import { requestHead } from '../../../src/http/index.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { encodeLists } from '../../../src/lists/index.ts';
import { listsOf } from '../../support/lists.ts';
import { openLastGoodIn, type PretendEdge, type PretendEdgeOptions, startPretendEdge } from '../pretendEdge.ts';
import { bundle, contentVersions, makeKeys, payload, signed } from '../smallBundles.ts';

const keys = makeKeys();
let data = '';
let edge: PretendEdge | undefined;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-agent-'));
});
afterEach(() => {
  edge?.stop();
  rmSync(data, { recursive: true, force: true });
});

function start(options: Partial<PretendEdgeOptions> = {}): PretendEdge {
  edge?.stop();
  edge = startPretendEdge({ data, keys, ...options });
  return edge;
}

async function bringVersion1(): Promise<void> {
  const { agent } = start();
  for (const kind of bundleKinds) await agent.offer(kind, bundle(keys, kind, 1), 'local');
}

function reasons(outcome: Outcome): string[] {
  return outcome.outcome === 'nack' ? outcome.findings.map(({ reason }) => reason) : [outcome.outcome];
}

test('every kind comes into force on every worker, features before the model that needs them', async () => {
  const { agent, workers } = start();
  const outcomes = await Promise.all(
    [...bundleKinds].reverse().map((kind) => agent.offer(kind, bundle(keys, kind, 1), 'control')),
  );
  assert.deepEqual(
    outcomes.flatMap(reasons),
    bundleKinds.map(() => 'ack'),
  );
  const all = Object.fromEntries(bundleKinds.map((kind) => [kind, 1]));
  for (const versions of workers.versions()) assert.deepEqual({ ...versions }, all);
  assert.deepEqual({ ...openLastGoodIn(data, keys).store.currentSet().set.versions }, all);
});

test('signals that are tampered with, too large, doubled or out of range are refused, and the hour before stays', async () => {
  await bringVersion1();
  const { agent, workers } = start();
  const good = payload('signals', 2) as SignalsFile;
  const network = good.network;
  const rowsTwice = Object.fromEntries(Object.entries(network).map(([name, list]) => [name, [...list, ...list]]));
  const tampered = Buffer.from(bundle(keys, 'signals', 2));
  tampered[tampered.length - 3]! ^= 1;
  const rest = Buffer.alloc(payloadBytesMax.signals, ' ');
  const tries: readonly [Uint8Array, string][] = [
    [tampered, 'digest-mismatch'],
    [Buffer.concat([bundle(keys, 'signals', 2), rest]), 'payload-too-large'],
    [signed(keys, 'signals', 2, { ...good, network: rowsTwice }), 'signal-key-duplicate'],
    [signed(keys, 'signals', 2, { ...good, network: { ...network, browserShare: [1e9] } }), 'signal-out-of-range'],
    [signed(keys, 'signals', 2, { ...good, network: { ...network, keys: ['x'.repeat(5_000)] } }), 'signal-key-invalid'],
    [signed(keys, 'signals', 2, { ...good, network: good.ja4 }), 'signals-empty'],
    [signed({ ...keys, signals: keys.sites }, 'sites', 2, good), 'envelope-kind-mismatch'],
  ];
  for (const [bytes, reason] of tries) {
    const outcome = await agent.offer('signals', bytes, 'control');
    assert.ok(reasons(outcome).includes(reason), `${reason}: ${JSON.stringify(outcome)}`);
    for (const versions of workers.versions()) assert.equal(versions.signals, 1, reason);
  }
  assert.equal(openLastGoodIn(data, keys).store.currentSet().set.versions.signals, 1);
  assert.deepEqual(reasons(await agent.offer('signals', bundle(keys, 'signals', 2), 'control')), ['ack']);
});

test('signals that are lost on the disk cost the signals alone: features and model stay', async () => {
  await bringVersion1();
  writeFileSync(join(dataFolder(data).bundles, 'signals', '1.bundle'), Buffer.alloc(300, 0xff));
  const { set, missing } = openLastGoodIn(data, keys).store.currentSet();
  assert.deepEqual({ ...set.versions }, version1But('signals'));
  assert.ok(missing.some(({ message }) => message.includes('signals')));
});

test('lists that are tampered with, too large, doubled, halved or hold half of the world are refused, and the old ones stay', async () => {
  const { agent, workers } = start();
  const many = (count: number, version: number) =>
    listsOf(
      Array.from({ length: count }, (_, index) => [`10.${index}.0.0/24`, 'hosting'] as const),
      version,
    );
  const lists = (version: number, file: ListsFile) =>
    signed(keys, 'lists', version, JSON.parse(Buffer.from(encodeLists(file)).toString()));
  for (const kind of bundleKinds) {
    if (kind === 'lists') await agent.offer(kind, lists(1, many(100, 1)), 'local');
    else await agent.offer(kind, bundle(keys, kind, 1), 'local');
  }
  const good = many(100, 2);
  const { starts } = good.networks.ipv4;
  const doubled = Uint32Array.from(starts, (start, index) => (index === 5 ? starts[4]! : start));
  const tampered = Buffer.from(lists(2, good));
  tampered[tampered.length - 100]! ^= 1;
  const tries: readonly [Uint8Array, string][] = [
    [tampered, 'digest-mismatch'],
    [Buffer.concat([lists(2, good), Buffer.alloc(payloadBytesMax.lists, ' ')]), 'payload-too-large'],
    [
      lists(2, { ...good, networks: { ...good.networks, ipv4: { ...good.networks.ipv4, starts: doubled } } }),
      'list-order-invalid',
    ],
    [lists(2, many(40, 2)), 'lists-shrunk'],
    [lists(2, listsOf([['0.0.0.0/1', 'hosting']], 2)), 'list-too-wide'],
    [lists(2, { ...good, names: [] }), 'list-value-invalid'],
    [lists(2, listsOf([], 2)), 'lists-empty'],
  ];
  for (const [bytes, reason] of tries) {
    const outcome = await agent.offer('lists', bytes, 'control');
    assert.ok(reasons(outcome).includes(reason), `${reason}: ${JSON.stringify(outcome)}`);
    for (const versions of workers.versions()) assert.equal(versions.lists, 1, reason);
  }
  assert.equal(openLastGoodIn(data, keys).store.currentSet().set.versions.lists, 1);
  assert.deepEqual(reasons(await agent.offer('lists', lists(2, good), 'control')), ['ack']);
  assert.equal(openLastGoodIn(data, keys).store.currentSet().set.lists?.networks.ipv4.asns[0], 2);
});

test('lists that are lost on the disk cost the lists alone', async () => {
  await bringVersion1();
  writeFileSync(join(dataFolder(data).bundles, 'lists', '1.bundle'), Buffer.alloc(300, 0xff));
  const { set } = openLastGoodIn(data, keys).store.currentSet();
  assert.deepEqual({ ...set.versions }, version1But('lists'));
});

test('lists by which a rule in force would refuse many of the last visitors are refused, unless they are said to be meant', async () => {
  const sites = (payload('sites', 1) as SitesFile).sites;
  const rule = {
    name: 'no data centres',
    when: 'ip.hosting',
    then: { action: 'block', status: 403, body: '' },
    dryRun: false,
    whenAbsent: 'never-block',
  } as const;
  const heads = Array.from({ length: 40 }, (_, index) =>
    requestHead({
      method: 'GET',
      target: '/',
      version: '1.1',
      rawHeaders: ['Host', 'x'],
      scheme: 'http',
      clientAddress: `198.51.100.${index}`,
    }),
  );
  const current = {
    sites: Buffer.from(JSON.stringify({ schema: 1, sites: [{ ...sites[0]!, rules: [rule] }] })),
    lists: encodeLists(listsOf([['192.0.2.0/24', 'hosting']])),
  };
  const check = (network: string, acceptShift: boolean) => {
    const task = {
      id: 1,
      kind: 'lists' as const,
      payload: encodeLists(listsOf([[network, 'hosting']])),
      acceptShift,
      current,
      heads,
    };
    return checkBundle(task, () => performance.now()).map(({ reason }) => reason);
  };
  assert.deepEqual(check('198.51.100.0/24', false), ['rehearsal-blocks']);
  assert.deepEqual(check('198.51.100.0/24', true), []);
  assert.deepEqual(check('198.51.100.0/29', false), [], 'a fifth of them at most');
});

test('a payload with problems is refused with all reasons and touches no worker', async () => {
  await bringVersion1();
  const { agent, workers } = start();
  const [feature] = (payload('features', 2) as FeatureFile).features;
  const twice = { schema: 1, features: [feature, feature, { ...feature, name: 'has_b', type: 'String' }] };
  const outcome = await agent.offer('features', signed(keys, 'features', 2, twice), 'control');
  assert.ok(reasons(outcome).includes('feature-name-duplicate'), JSON.stringify(outcome));
  assert.ok(reasons(outcome).includes('feature-type-unknown'), JSON.stringify(outcome));
  for (const versions of workers.versions()) assert.equal(versions.features, 1);
  assert.deepEqual(reasons(await agent.offer('features', bundle(keys, 'features', 2), 'control')), ['ack']);
});

test('a file grown by what the software ships comes into force; one grown by other names is refused', async () => {
  await bringVersion1();
  const shippedBytes = readFileSync(new URL('../../../shipped/features.json', import.meta.url));
  const { agent } = start({ shipped: { features: shippedBytes } });
  const { features } = payload('features', 2) as FeatureFile;
  const names = new Set(features.map(({ name }) => name));
  const file = JSON.parse(shippedBytes.toString('utf8')) as FeatureFile;
  const shipped = file.features.filter(({ name }) => !names.has(name));
  const own = shipped.slice(0, 10).map((feature) => ({ ...feature, name: `own_${feature.name}` }));
  const grown = signed(keys, 'features', 2, { schema: 1, features: [...features, ...own] });
  assert.deepEqual(reasons(await agent.offer('features', grown, 'control')), ['features-grown']);
  const upgraded = signed(keys, 'features', 3, { schema: 1, features: [...features, ...shipped] });
  assert.deepEqual(reasons(await agent.offer('features', upgraded, 'control')), ['ack']);
});

test('a worker that refuses: gone back from, quarantined, reported; the other worker never saw it', async () => {
  await bringVersion1();
  const told: number[] = [];
  const behaviour: PretendEdgeOptions['behaviour'] = (slot, versions) => {
    if (versions.sites === 2) told.push(slot);
    return versions.sites === 2 ? 'refuse' : 'well';
  };
  const { agent, workers } = start({ behaviour });
  const outcome = await agent.offer('sites', bundle(keys, 'sites', 2), 'control');
  assert.deepEqual(reasons(outcome), ['worker-refused', 'schema-invalid']);
  assert.deepEqual(told, [1]);
  for (const versions of workers.versions()) assert.equal(versions.sites, 1);
  assert.deepEqual(reasons(await agent.offer('sites', bundle(keys, 'sites', 2), 'control')).sort(), [
    'version-not-higher',
    'version-quarantined',
  ]);
  assert.deepEqual(
    agent.takeReports().map((report) => report.outcome),
    ['nack', 'nack'],
  );
});

test('a worker dies twice on a new version: quarantined, at most one worker was ever down for it', async () => {
  await bringVersion1();
  const died: number[] = [];
  const behaviour: PretendEdgeOptions['behaviour'] = (slot, versions) => {
    if (versions.features !== 2) return 'well';
    died.push(slot);
    return 'die';
  };
  const { agent, workers } = start({ behaviour });
  const outcome = await agent.offer('features', bundle(keys, 'features', 2), 'control');
  assert.deepEqual(reasons(outcome), ['worker-died']);
  assert.deepEqual(died, [1, 1]);
  await agent.fleet.until(() => agent.fleet.ready().length === 2, 5_000);
  for (const versions of workers.versions()) assert.equal(versions.features, 1);
});

test('one death is chance: the version is tried again and stays', async () => {
  await bringVersion1();
  let deaths = 0;
  const behaviour: PretendEdgeOptions['behaviour'] = (_slot, versions) =>
    versions.features === 2 && deaths++ === 0 ? 'die' : 'well';
  const { agent } = start({ behaviour });
  assert.deepEqual(reasons(await agent.offer('features', bundle(keys, 'features', 2), 'control')), ['ack']);
});

test('a worker that dies under watch counts like one that dies at once', async () => {
  await bringVersion1();
  const behaviour: PretendEdgeOptions['behaviour'] = (_slot, versions) => (versions.model === 2 ? 'die-later' : 'well');
  const { agent } = start({ behaviour, watchMs: 100 });
  assert.deepEqual(reasons(await agent.offer('model', bundle(keys, 'model', 2), 'control')), ['worker-died']);
});

test('health that turns under watch: the edge goes back by itself', async () => {
  await bringVersion1();
  const behaviour: PretendEdgeOptions['behaviour'] = (_slot, versions) => (versions.model === 2 ? 'fail' : 'well');
  const { agent, workers } = start({ behaviour, watchMs: 50 });
  assert.deepEqual(reasons(await agent.offer('model', bundle(keys, 'model', 2), 'control')), ['watch-failed']);
  for (const versions of workers.versions()) assert.equal(versions.model, 1);
});

test('workers replaced, or killed from outside, while a version is tried: it is tried again and stays', async () => {
  await bringVersion1();
  for (const [index, disturb] of (['replace', 'kill'] as const).entries()) {
    const { agent, workers } = start({ watchMs: 100 });
    const version = index + 2;
    const slow = agent.offer('model', bundle(keys, 'model', version), 'control');
    for (let time = 0; time < 3; time++) {
      const runsIt = () => agent.fleet.worker(1)?.versions?.model === version;
      if (time > 0) assert.ok(await agent.fleet.until(runsIt, 5_000));
      else await agent.fleet.until(() => workers.told.some(({ model }) => model === version), 5_000);
      workers[disturb](1);
    }
    assert.deepEqual(reasons(await slow), ['ack'], disturb);
    for (const versions of workers.versions()) assert.equal(versions.model, version);
  }
});

test('workers killed from outside without end: the version is given up, not tried for ever', async () => {
  await bringVersion1();
  const { agent } = start({ behaviour: (_slot, versions) => (versions.model === 2 ? 'killed' : 'well') });
  assert.deepEqual(reasons(await agent.offer('model', bundle(keys, 'model', 2), 'control')), ['worker-died']);
});

test('a worker that is starting when a switch is thrown locally acts on it once it is ready', async () => {
  await bringVersion1();
  const { agent, workers } = start();
  workers.replace(2, 30);
  await agent.fleet.until(() => agent.fleet.ready().length === 1, 5_000);
  await agent.setLocalSwitch('bots', true);
  assert.deepEqual(workers.killed(2), []);
  await agent.fleet.until(() => agent.fleet.ready().length === 2, 5_000);
  await agent.fleet.until(() => workers.killed(2).length > 0, 1_000);
  assert.deepEqual(workers.killed(2), ['bots']);
});

test('a switch does not wait for a version under watch, and the version does not undo it', async () => {
  await bringVersion1();
  const { agent, workers } = start({ watchMs: 300 });
  const slow = agent.offer('features', bundle(keys, 'features', 2), 'control');
  await agent.fleet.until(() => workers.versions().some(({ features }) => features === 2), 5_000);
  const startMs = performance.now();
  assert.deepEqual(reasons(await agent.offer('switches', bundle(keys, 'switches', 2), 'control')), ['ack']);
  assert.ok(performance.now() - startMs < 250, 'the switch came while the features were watched');
  assert.deepEqual(reasons(await slow), ['ack']);
  for (const versions of workers.versions()) assert.deepEqual([versions.features, versions.switches], [2, 2]);
  const { versions } = openLastGoodIn(data, keys).store.currentSet().set;
  assert.deepEqual([versions.features, versions.switches], [2, 2]);
});

test('a version confirmed while a switch is on its way to the workers is on the disk after both', async () => {
  await bringVersion1();
  const hold = { isOn: false };
  const { agent } = start({ hold: (versions) => hold.isOn && versions.switches === 2, watchMs: 300 });
  const slow = agent.offer('features', bundle(keys, 'features', 2), 'control');
  await agent.fleet.until(() => agent.fleet.ready().every(({ versions }) => versions?.features === 2), 5_000);
  hold.isOn = true;
  const thrown = agent.offer('switches', bundle(keys, 'switches', 2), 'control');
  const onDisk = () => openLastGoodIn(data, keys).store.currentSet().set.versions;
  assert.ok(await agent.fleet.until(() => onDisk().features === 2, 5_000));
  assert.deepEqual([onDisk().features, onDisk().switches], [2, 1], 'the switch is not confirmed yet');
  hold.isOn = false;
  assert.deepEqual([...reasons(await thrown), ...reasons(await slow)], ['ack', 'ack']);
  assert.deepEqual([onDisk().features, onDisk().switches], [2, 2]);
});

test('a version that a worker refuses does not take a switch with it', async () => {
  await bringVersion1();
  const { agent, workers } = start({ behaviour: (_slot, versions) => (versions.features === 2 ? 'refuse' : 'well') });
  const [refused, thrown] = await Promise.all([
    agent.offer('features', bundle(keys, 'features', 2), 'control'),
    agent.fleet
      .until(() => workers.told.some(({ features }) => features === 2), 5_000)
      .then(() => agent.offer('switches', bundle(keys, 'switches', 2), 'control')),
  ]);
  assert.deepEqual([refused.outcome, thrown.outcome], ['nack', 'ack']);
  for (const versions of workers.versions()) assert.deepEqual([versions.features, versions.switches], [1, 2]);
});

test('the newest version of a kind wins while another is underway', async () => {
  await bringVersion1();
  const { agent } = start({ watchMs: 50 });
  const outcomes = await Promise.all(
    [2, 3, 4].map((version) => agent.offer('model', bundle(keys, 'model', version), 'control')),
  );
  assert.deepEqual(outcomes.flatMap(reasons), ['ack', 'superseded', 'ack']);
  assert.equal(agent.running.model, 4);
});

test('lower and equal versions are refused', async () => {
  await bringVersion1();
  const { agent } = start();
  assert.deepEqual(reasons(await agent.offer('model', bundle(keys, 'model', 1), 'control')), ['version-not-higher']);
  const other = makeKeys();
  assert.deepEqual(reasons(await agent.offer('model', bundle(other, 'model', 9), 'control')), ['key-unknown']);
});

test('a version under trial when the agent ended is taken up by the next; one that ended two agents is quarantined', async () => {
  await bringVersion1();
  const { store } = openLastGoodIn(data, keys);
  store.storeBundle('sites', 2, bundle(keys, 'sites', 2));
  store.propose('sites', 2);
  const resumed = start().agent;
  await resumed.fleet.until(() => resumed.running.sites === 2, 5_000);
  assert.equal(resumed.running.sites, 2);

  store.storeBundle('sites', 3, bundle(keys, 'sites', 3));
  openLastGoodIn(data, keys).store.propose('sites', 3);
  openLastGoodIn(data, keys).store.propose('sites', 3);
  const { agent } = start();
  assert.equal(agent.running.sites, 2);
  assert.deepEqual(openLastGoodIn(data, keys).store.state().state.quarantined.sites, [3]);
});

/** Workers of both slots die young by their own doing, `times` times each. */
function dieYoung({ agent }: PretendEdge, times = 1): void {
  for (let time = 0; time < times; time++) {
    for (const slot of [1, 2]) {
      agent.handle({ type: 'worker-died', slot, code: 70, signal: null, hung: false, livedMs: 100 });
      agent.handle({ type: 'worker-started', slot, pid: 5_000 + time, livedMs: 0 });
    }
  }
}

test('the only sites there are stay, however often workers die on them', async () => {
  await start().agent.offer('sites', bundle(keys, 'sites', 1), 'local');
  const pretended = start();
  dieYoung(pretended, 3);
  pretended.agent.handle({ type: 'current-kills' });
  assert.equal(pretended.agent.running.sites, 1);
  const { store } = openLastGoodIn(data, keys);
  assert.equal(store.currentSet().set.versions.sites, 1);
  assert.deepEqual(store.state().state.quarantined, {});
  assert.equal(store.currentSet('previous').set.versions.sites, 1, 'nor does a rung lower mean none');
});

test('what ran for a while is no suspect: deaths that no bundle caused give nothing up', async () => {
  await bringVersion1();
  await start().agent.offer('model', bundle(keys, 'model', 2), 'control');
  const later = { ...systemClock, wallMs: () => systemClock.wallMs() + agentLimits.suspectMs + 1_000 };
  const pretended = start({ clock: later });
  dieYoung(pretended, 3);
  assert.equal(pretended.agent.running.model, 2);
  assert.deepEqual(openLastGoodIn(data, keys).store.state().state.quarantined, {});
});

test('one incident costs one version, however long workers go on dying', async () => {
  await bringVersion1();
  const { agent } = start();
  await agent.offer('features', bundle(keys, 'features', 2), 'control');
  await agent.offer('model', bundle(keys, 'model', 2), 'control');
  const pretended = start();
  dieYoung(pretended, 4);
  assert.deepEqual([pretended.agent.running.features, pretended.agent.running.model], [2, 1]);
});

test('workers that lived long before this agent came are not young', async () => {
  await bringVersion1();
  await start().agent.offer('model', bundle(keys, 'model', 2), 'control');
  const { agent } = start();
  for (const slot of [1, 2]) {
    agent.handle({ type: 'worker-started', slot, pid: 4_000 + slot, livedMs: 3_600_000 });
    agent.handle({ type: 'worker-died', slot, code: 70, signal: null, hung: false });
  }
  assert.equal(agent.running.model, 2);
});

test('a kill switch is never the suspect, and stays on one rung lower', async () => {
  await bringVersion1();
  await start().agent.offer('switches', bundle(keys, 'switches', 2), 'control');
  const pretended = start();
  dieYoung(pretended, 3);
  pretended.agent.handle({ type: 'current-kills' });
  assert.equal(pretended.agent.running.switches, 2);
  const { store } = openLastGoodIn(data, keys);
  assert.equal(store.currentSet().set.versions.switches, 2);
  assert.equal(store.currentSet('previous').set.versions.switches, 2);
});

test('workers that die young on what is in force: its last change is given up', async () => {
  await bringVersion1();
  await start().agent.offer('model', bundle(keys, 'model', 2), 'control');
  const { agent } = start();
  for (const slot of [1, 2]) {
    agent.handle({ type: 'worker-died', slot, code: 70, signal: null, hung: false });
  }
  assert.equal(agent.running.model, 1);
  assert.equal(openLastGoodIn(data, keys).store.currentSet().set.versions.model, 1);
  assert.deepEqual(
    agent.takeReports().map((report) => [report.outcome, report.kind, report.version]),
    [['nack', 'model', 2]],
  );
});

/*
 * Out of the rows, so that a kind that comes is tried too: with everything at 1, version 2 of the kind comes into force and
 * workers die on it.
 */
for (const kind of bundleKinds.filter((each) => rowOf(each).demotion !== 'never')) {
  test(`workers die young on ${kind}: it goes back, and nothing else does`, async () => {
    await bringVersion1();
    assert.equal((await start().agent.offer(kind, bundle(keys, kind, 2), 'control')).outcome, 'ack');
    const pretended = start();
    const { agent } = pretended;
    assert.deepEqual({ ...agent.running }, { ...version1But(kind), [kind]: 2 });
    dieYoung(pretended);
    const now = { ...version1But(kind), [kind]: 1 };
    assert.deepEqual({ ...agent.running }, now);
    const { set } = openLastGoodIn(data, keys).store.currentSet();
    assert.deepEqual([{ ...set.versions }, contentVersions(set)], [now, now]);
  });
}

function version1But(kind: BundleKind): KindVersions {
  return Object.fromEntries(bundleKinds.flatMap((each) => (each === kind ? [] : [[each, 1]])));
}
