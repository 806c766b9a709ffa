import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  generateSigningKey,
  signBundle,
  trustedKeyOf,
  validatePayload,
  verifyBundle,
} from '../../src/bundles/index.ts';
import type { BundleKind } from '../../src/contract/bundleKind.ts';
import type { KindStatus } from '../../src/contract/controlApi.ts';
import type { Finding } from '../../src/contract/finding.ts';
import type { SignalsFile } from '../../src/contract/kinds/signalsFile.ts';
import type { LogRecord } from '../../src/contract/logBatch.ts';
import { LogRows } from '../../src/factory/log/logRows.ts';
import { requestColumns } from '../../src/factory/log/requestColumns.ts';
import type { ControlPort, PublishAnswer } from '../../src/factory/publish/controlPort.ts';
import { SignalsCycle, type SignalsCycleParts } from '../../src/factory/signals/signalsCycle.ts';
import { signalsQuery } from '../../src/factory/signals/signalsQuery.ts';
import { ChdbWarehouse } from '../../src/factory/warehouse/chdbWarehouse.ts';
import { migrate } from '../../src/factory/warehouse/migrate.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { record } from './logRecord.ts';

const key = generateSigningKey('signals');
const trust = { schema: 1, keys: [trustedKeyOf(key)] } as const;

/** Control's promises about signals: numbers go up, and what edges would refuse is refused. */
class RecordingControl implements ControlPort {
  readonly bundles: Uint8Array[] = [];
  readonly refusals: (readonly Finding[])[] = [];

  async kindStatus(kind: BundleKind): Promise<KindStatus> {
    const latest = this.bundles.length;
    return { kind, latest, next: latest + 1, latestSha256: null, frozen: false, history: [], refusals: [] };
  }
  async bundle(_kind: BundleKind, version: number): Promise<Uint8Array> {
    return this.bundles[version - 1] as Uint8Array;
  }
  async publish(kind: BundleKind, bytes: Uint8Array): Promise<PublishAnswer> {
    const bundle = verifyBundle(bytes, { kind, trust, versionAfter: this.bundles.length });
    const content = bundle.ok ? validatePayload(kind, bundle.value.payload, {}) : bundle;
    if (!content.ok) return { answer: 'refused', error: 'refused', findings: content.error };
    this.bundles.push(bytes);
    return { answer: 'stored' };
  }
  async reportRefusal(_kind: BundleKind, findings: readonly Finding[]): Promise<void> {
    this.refusals.push(findings);
  }
  payload(version: number): string {
    const bundle = verifyBundle(this.bundles[version - 1]!, { kind: 'signals', trust, versionAfter: 0 });
    assert.ok(bundle.ok);
    return Buffer.from(bundle.value.payload).toString();
  }
  file(version: number): SignalsFile {
    return JSON.parse(this.payload(version)) as SignalsFile;
  }
}

// Of today, because rows live for 30 days.
const nowMs = Math.floor(Date.now() / 1_000) * 1_000;
const chromeJa4 = 't13d1516h2_8daaf6152771_02713d6af862';
const pythonJa4 = 't13d1812h1_85036bcba153_b26ce05bbdd6';
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** 60 requests of a browser from three networks, 30 of a program from one address, 5 of something rare. */
const hour: readonly LogRecord[] = [
  ...Array.from({ length: 60 }, (_, index) => ({
    ...{ ja4: chromeJa4, userAgent: chrome, http2: index < 30 ? '1:65536|0|0|m,a,s,p' : '', asn: 3320 },
    ...{ headerOrder: 0xaa, clientAddress: `192.0.${index % 3}.${index}`, target: `/p${index % 10}?${index}` },
  })),
  ...Array.from({ length: 30 }, (_, index) => ({
    ...{ ja4: pythonJa4, userAgent: 'python-requests/2.32', http2: '', asn: 0, headerOrder: 0xbb },
    ...{ clientAddress: '2001:db8:1:2::5', target: `/q${index}`, source: 'heuristics' as const, score: 1 },
  })),
  ...Array.from({ length: 5 }, () => ({ ja4: 'x', userAgent: 'rare/1', clientAddress: 'nonsense', asn: 1 })),
].map((changes) => ({ ...record, atMs: nowMs - 600_000, vector: null, ...changes }));

describe('signals cycle on chdb', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-signals-'));
  let warehouse: ChdbWarehouse;
  let control: RecordingControl;
  let id = 1;
  const cycleOf = (query?: SignalsCycleParts['query'], wallMs = nowMs) =>
    new SignalsCycle({
      ...{ warehouse, control, log: silentLogger, signingKey: () => key, trust: () => trust },
      clock: { wallMs: () => wallMs, monotonicMs: () => 0 },
      ...(query === undefined ? {} : { query }),
    });
  const insert = async (records: readonly LogRecord[]) => {
    const rows = new LogRows([]);
    rows.add({ edge: 'e', worker: 1, versions: { signals: 7 }, featureNames: [], dropped: 0, records }, id);
    id += records.length;
    await warehouse.insert('http_requests', requestColumns, Buffer.from(rows.requests.join('')));
  };

  before(async () => {
    warehouse = await ChdbWarehouse.open(folder);
    await migrate(warehouse, silentLogger);
    for (let from = 0; from < hour.length; from += 40) await insert(hour.slice(from, from + 40));
  });
  beforeEach(() => {
    control = new RecordingControl();
  });
  after(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes the figures of the hour, per fingerprint and network, out of the log', async () => {
    const outcome = await cycleOf().run();
    assert.equal(outcome.outcome, 'published', JSON.stringify(outcome));
    const { ja4, headerOrder, network, asn, windowEndMs } = control.file(1);
    assert.equal(windowEndMs, nowMs - 10_000);
    assert.deepEqual(ja4, {
      keys: [chromeJa4, pythonJa4],
      ...{ browserShare: [1, 0], heuristicShare: [0, 1], http2Share: [0.5, 0], requestQuantile: [1, 0.5] },
      ...{ requestRank: [1, 2], userAgentRank: [1, 1], pathRank: [2, 1], addressRank: [1, 2] },
    });
    assert.deepEqual(headerOrder.keys, ['0000000000aa', '0000000000bb']);
    assert.deepEqual(network.keys, ['2001:db8:1::/48', '192.0.0.0/24', '192.0.1.0/24', '192.0.2.0/24']);
    assert.deepEqual(network.requestRank, [1, 2, 2, 2]);
    assert.deepEqual(network.requestQuantile, [1, 0.75, 0.75, 0.75]);
    assert.deepEqual([asn.keys, asn.browserShare], [['3320'], [1]]);
  });

  it('an hour whose every row is read twice says the same', async () => {
    await cycleOf().run();
    const twice = '(SELECT * FROM default.http_requests UNION ALL SELECT * FROM shards.http_requests)';
    const outcome = await cycleOf((table, window) => signalsQuery(table, window, twice)).run();
    assert.equal(outcome.outcome, 'published', JSON.stringify(outcome));
    assert.equal(control.payload(2), control.payload(1));
  });

  it('a query whose groups come out twice is refused, with its keys, and told to control; nothing is published', async () => {
    const perDatabase = (...args: Parameters<typeof signalsQuery>) =>
      signalsQuery(args[0], args[1])
        .replace(
          ' FROM default.http_requests',
          ' FROM (SELECT *, number AS copy FROM default.http_requests CROSS JOIN numbers(2) AS copies)',
        )
        .replace('GROUP BY key', 'GROUP BY key, copy');
    const outcome = await cycleOf(perDatabase).run();
    assert.ok(outcome.outcome === 'refused' && outcome.by === 'factory', JSON.stringify(outcome));
    const duplicates = outcome.findings.filter(({ reason }) => reason === 'signal-key-duplicate');
    assert.deepEqual(
      duplicates.map(({ names }) => names?.length),
      [2, 2, 4, 1],
    );
    assert.deepEqual(control.refusals, [outcome.findings]);
    assert.equal(control.bundles.length, 0);
  });

  it('two readings that differ are a finding', async () => {
    let asked = 0;
    const shards = (...args: Parameters<typeof signalsQuery>) =>
      signalsQuery(args[0], args[1], ++asked <= 4 ? 'default.http_requests' : 'r0.http_requests');
    const outcome = await cycleOf(shards).run();
    assert.ok(outcome.outcome === 'refused', JSON.stringify(outcome));
    assert.ok(
      outcome.findings.every(({ reason }) => reason === 'readings-disagree'),
      JSON.stringify(outcome),
    );
    assert.equal(control.bundles.length, 0);
  });

  it('an hour without requests publishes nothing and refuses nothing', async () => {
    assert.deepEqual(await cycleOf(undefined, nowMs + 86_400_000).run(), { outcome: 'too-little' });
    assert.deepEqual([control.bundles.length, control.refusals.length], [0, 0]);
  });

  it('half the rows gone within half an hour is refused; later it is how the traffic is', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `10.0.${index}.0/24`);
    const ones = keys.map(() => 1);
    const shares = { browserShare: ones, heuristicShare: ones, http2Share: ones, requestQuantile: ones };
    const ranks = { requestRank: ones, userAgentRank: ones, pathRank: ones, addressRank: ones };
    const none = Object.fromEntries(['keys', ...Object.keys(shares), ...Object.keys(ranks)].map((list) => [list, []]));
    const before = { ja4: none, headerOrder: none, network: { keys, ...shares, ...ranks }, asn: none };
    const payload = Buffer.from(JSON.stringify({ schema: 1, windowEndMs: nowMs - 300_000, ...before }));
    control.bundles.push(signBundle({ kind: 'signals', version: 1, madeAtMs: 1, payload }, key));
    const outcome = await cycleOf().run();
    assert.ok(outcome.outcome === 'refused', JSON.stringify(outcome));
    assert.deepEqual(
      outcome.findings.map(({ reason, value, limit }) => [reason, value, limit]),
      [['signals-shrunk', 4, 20]],
    );
    assert.equal((await cycleOf(undefined, nowMs + 1_800_000).run()).outcome, 'published');
  });

  it('the log says which signals judged a request, and how it came', async () => {
    const row = await warehouse.query(
      `SELECT any(signals_version), any(verified_operator), any(country), any(http2_fingerprint), count()
       FROM default.http_requests WHERE ja4 = '${chromeJa4}' AND http2_fingerprint != ''`,
      'TabSeparated',
    );
    assert.equal(row, '7\tgoogle\tDE\t1:65536|0|0|m,a,s,p\t30\n');
  });
});
