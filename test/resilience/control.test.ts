import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlSource } from '../../src/agent/controlSource.ts';
import { type BundleKind, bundleKinds, type KindVersions, payloadBytesMax } from '../../src/contract/bundleKind.ts';
import type { EdgeReport } from '../../src/contract/controlApi.ts';
import { ControlClient } from '../../src/controlClient/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { type Disk, systemDisk } from '../../src/kernel/disk.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { refusingDisk } from './disk/refusingDisk.ts';
import { type PretendEdge, startPretendEdge } from './pretendEdge.ts';
import { bundle, makeKeys, signed } from './smallBundles.ts';

const keys = makeKeys();

/** A control of a few lines: what it wants, what it hands out, what it was told. */
class SmallControl {
  wanted: Partial<Record<BundleKind, number>> = {};
  readonly bundles = new Map<string, Uint8Array>();
  readonly reports: EdgeReport[] = [];
  readonly calls: string[] = [];
  isBroken = false;
  readonly #server: Server;
  #waiting: { known: KindVersions; answer: () => void }[] = [];

  constructor() {
    this.#server = createServer((request, response) => this.#handle(request, response));
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  publish(kind: BundleKind, version: number, bytes: Uint8Array): void {
    this.bundles.set(`${kind}/${version}`, bytes);
    this.wanted = { ...this.wanted, [kind]: version };
    for (const { answer } of this.#waiting.splice(0)) answer();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://control');
    this.calls.push(`${request.method} ${url.pathname}`);
    if (request.headers.authorization !== 'Bearer secret') return void response.writeHead(401).end('{}');
    if (this.isBroken) return void response.writeHead(500).end('<html>not what you think</html>');
    if (url.pathname.endsWith('/wanted')) {
      this.#answerWanted(url, response);
      return;
    }
    if (url.pathname.endsWith('/report')) {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        this.reports.push(JSON.parse(text) as EdgeReport);
        response.writeHead(204).end();
      });
      return;
    }
    const bytes = this.bundles.get(url.pathname.slice('/v1/bundles/'.length));
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  }

  #answerWanted(url: URL, response: ServerResponse): void {
    const known = Object.fromEntries(bundleKinds.map((kind) => [kind, Number(url.searchParams.get(kind) ?? 0)]));
    const answer = () => response.end(JSON.stringify({ versions: this.wanted }));
    if (bundleKinds.some((kind) => (this.wanted[kind] ?? 0) !== known[kind])) answer();
    else this.#waiting.push({ known, answer });
  }
}

let data = '';
let control: SmallControl;
let edge: PretendEdge;
let source: ControlSource;

async function start(): Promise<string> {
  const url = await control.listen();
  source = sourceFor(url);
  source.start();
  return url;
}

function sourceFor(url: string, random: Random = seededRandom(1)): ControlSource {
  const client = new ControlClient({ url: () => url, token: () => 'secret', msMax: 30_000, clock: systemClock });
  return new ControlSource({
    agent: edge.agent,
    client,
    edge: 'test edge',
    clock: systemClock,
    logger: silentLogger,
    random,
    kinds: bundleKinds,
  });
}

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-control-'));
  control = new SmallControl();
  edge = startPretendEdge({ data, keys });
});
afterEach(() => {
  source.stop();
  control.close();
  edge.stop();
  rmSync(data, { recursive: true, force: true });
});

function outcomes(): string[] {
  return edge.agent.outcomes().map(({ outcome }) => `${outcome.outcome} ${outcome.kind} ${outcome.version}`);
}

function until(condition: () => boolean): Promise<boolean> {
  return edge.agent.fleet.until(condition, 20_000);
}

test('what control wants is fetched, brought into force and reported', async () => {
  await start();
  for (const kind of bundleKinds) control.publish(kind, 1, bundle(keys, kind, 1));
  assert.ok(await until(() => bundleKinds.every((kind) => edge.agent.running[kind] === 1)));
  assert.ok(await until(() => control.reports.flatMap(({ bundles }) => bundles).length === bundleKinds.length));
  assert.ok(control.reports.every(({ workers }) => workers.length <= 2));
});

test('a refused version is fetched once, reported with its reasons, and the next one is taken', async () => {
  await start();
  control.publish('sites', 1, signed(keys, 'sites', 1, { schema: 1, sites: [], more: true }));
  assert.ok(
    await until(() => control.reports.some(({ bundles }) => bundles.some(({ outcome }) => outcome === 'nack'))),
  );
  // The poll that is open ends as it does after its waiting time: version 1 is wanted still.
  control.publish('sites', 1, control.bundles.get('sites/1') ?? Buffer.alloc(0));
  await sleep(700);
  const fetched = () => control.calls.filter((call) => call === 'GET /v1/bundles/sites/1').length;
  control.publish('sites', 2, bundle(keys, 'sites', 2));
  assert.ok(await until(() => edge.agent.running.sites === 2));
  assert.equal(fetched(), 1);
  assert.deepEqual(outcomes(), ['ack sites 2', 'nack sites 1']);
});

test('refused for what may pass, a damaged transfer or a full disk: reported, and fetched again after a pause', async () => {
  let isFull = true;
  const full = refusingDisk(data, 'ENOSPC');
  edge.stop();
  const write: Disk['write'] = (...file) => (isFull ? full : systemDisk).write(...file);
  edge = startPretendEdge({ data, keys, disk: { ...systemDisk, write } });
  await start();
  const good = bundle(keys, 'sites', 1);
  const damaged = Buffer.from(good);
  damaged[damaged.length - 2]! ^= 1;
  control.publish('switches', 1, bundle(keys, 'switches', 1));
  control.publish('sites', 1, damaged);
  const fetches = (path: string) => control.calls.filter((call) => call === `GET /v1/bundles/${path}`).length;
  assert.ok(await until(() => outcomes().length >= 2));
  assert.deepEqual([fetches('sites/1'), fetches('switches/1')], [1, 1]);
  control.bundles.set('sites/1', good);
  isFull = false;
  // The polls that are open end as they do after their waiting time.
  const ending = setInterval(() => control.publish('sites', 1, good), 100);
  const isTaken = await until(() => edge.agent.running.sites === 1 && edge.agent.running.switches === 1);
  clearInterval(ending);
  assert.ok(isTaken);
  assert.ok(await until(() => control.reports.flatMap(({ bundles }) => bundles).length === 4));
  const reported = control.reports.flatMap(({ bundles }) =>
    bundles.map((each) => (each.outcome === 'nack' ? each.findings[0]?.reason : each.outcome)),
  );
  assert.deepEqual(reported.sort(), ['ack', 'ack', 'digest-mismatch', 'disk-write-failed']);
  assert.ok(control.calls.length < 60, `${control.calls.length} calls`);
});

test('control away for long: no listener piles up on the signal that stops it', async (context) => {
  const signals = new Set<AbortSignal>();
  const add = AbortSignal.prototype.addEventListener;
  context.mock.method(AbortSignal.prototype, 'addEventListener', function (this: AbortSignal, ...rest: never[]) {
    signals.add(this);
    return Reflect.apply(add, this, rest);
  });
  const url = await control.listen();
  control.close();
  let pauses = 0;
  // Pauses of no time, so that there are many of them.
  const random = { ...seededRandom(1), next: () => -Math.min(++pauses, 1) };
  source = sourceFor(url, random);
  source.start();
  assert.ok(await until(() => pauses >= 40));
  const most = Math.max(...[...signals].map((signal) => getEventListeners(signal, 'abort').length));
  assert.ok(most < 10, `${most} listeners after ${pauses} pauses`);
});

test('control signs with an unknown key, sends another kind, too much, or nonsense: refused, no crash, no busy loop', async () => {
  await start();
  control.publish('sites', 1, bundle(makeKeys(), 'sites', 1));
  control.publish('model', 1, bundle(keys, 'features', 1));
  control.publish('switches', 1, Buffer.alloc(payloadBytesMax.switches + 10_000));
  control.publish('features', 1, Buffer.from('nonsense'));
  assert.ok(await until(() => outcomes().length === 4));
  control.wanted = { ...control.wanted, features: 2 }; // Wanted and not there: 404.
  control.publish('sites', 2, bundle(keys, 'sites', 2));
  assert.ok(await until(() => edge.agent.running.sites === 2));
  assert.deepEqual({ ...edge.agent.running }, { sites: 2 });
  const all = edge.agent.outcomes().flatMap(({ outcome }) => (outcome.outcome === 'nack' ? outcome.findings : []));
  for (const reason of ['key-unknown', 'envelope-kind-mismatch', 'payload-too-large', 'envelope-malformed'] as const) {
    assert.ok(
      all.some((finding) => finding.reason === reason),
      reason,
    );
  }
  assert.ok(control.calls.length < 40, `${control.calls.length} calls`);
});

test('control breaks, vanishes and comes back: the edge goes on and takes what is new', async () => {
  const url = await start();
  control.publish('sites', 1, bundle(keys, 'sites', 1));
  assert.ok(await until(() => edge.agent.running.sites === 1));
  control.close();
  assert.ok(await until(() => source.isReachable === false));
  control = new SmallControl();
  control.isBroken = true;
  await control.listen(Number(new URL(url).port));
  assert.ok(await until(() => control.calls.length > 0));
  control.isBroken = false;
  control.publish('sites', 2, bundle(keys, 'sites', 2));
  assert.ok(await until(() => edge.agent.running.sites === 2));
  assert.equal(source.isReachable, true);
});

test('a control that lost its state wants lower versions: nothing goes down', async () => {
  await start();
  control.publish('sites', 5, bundle(keys, 'sites', 5));
  assert.ok(await until(() => edge.agent.running.sites === 5));
  control.publish('sites', 1, bundle(keys, 'sites', 1));
  control.publish('model', 0, Buffer.alloc(0));
  assert.ok(await until(() => control.calls.filter((call) => call.endsWith('/wanted')).length > 2));
  assert.equal(edge.agent.running.sites, 5);
  assert.deepEqual(outcomes(), ['ack sites 5']);
});
