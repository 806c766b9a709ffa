import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { generateSigningKey, readEnvelope, signBundle, trustedKeyOf, verifyBundle } from '../../src/bundles/index.ts';
import type { BundleKind } from '../../src/contract/bundleKind.ts';
import type { KindStatus } from '../../src/contract/controlApi.ts';
import type { Finding } from '../../src/contract/finding.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { type CycleOutcome, FeatureCycle } from '../../src/factory/features/featureCycle.ts';
import {
  ControlGone,
  type ControlPort,
  factoryNote,
  type PublishAnswer,
} from '../../src/factory/publish/controlPort.ts';
import { addFeatureColumn } from '../../src/factory/warehouse/addFeatureColumn.ts';
import { ChdbWarehouse, chdbPaths } from '../../src/factory/warehouse/chdbWarehouse.ts';
import { usersXml } from '../../src/factory/warehouse/embeddedConfig.ts';
import { migrate } from '../../src/factory/warehouse/migrate.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { featureCount } from '../support/featureCount.ts';

const key = generateSigningKey('features');
const trust = { schema: 1, keys: [trustedKeyOf(key)] } as const;

/** Control's promises about features in 40 lines: numbers go up, frozen is frozen, it may be gone. */
class RecordingControl implements ControlPort {
  readonly bundles: Uint8Array[] = [];
  readonly refusals: (readonly Finding[])[] = [];
  readonly byOperator = new Set<number>();
  frozen = false;
  gone = false;

  async kindStatus(kind: BundleKind): Promise<KindStatus> {
    if (this.gone) throw new ControlGone('gone');
    const latest = kind === 'features' ? this.bundles.length : 0;
    return {
      kind,
      latest,
      next: latest + 1,
      latestSha256: null,
      frozen: this.frozen,
      history: kind === 'features' ? this.#history() : [],
      refusals: [],
    };
  }
  /** Newest first, as control's. A bundle that the operator put there carries another note. */
  #history(): KindStatus['history'] {
    return this.bundles
      .map((bytes, index) => {
        const envelope = readEnvelope(bytes, 'features');
        assert.ok(envelope.ok);
        const note = this.byOperator.has(index + 1) ? 'by hand' : factoryNote;
        return { version: index + 1, madeAtMs: 1, sha256: envelope.value.sha256, note };
      })
      .reverse();
  }
  async bundle(_kind: BundleKind, version: number): Promise<Uint8Array> {
    return this.bundles[version - 1] as Uint8Array;
  }
  async publish(_kind: BundleKind, bytes: Uint8Array): Promise<PublishAnswer> {
    const bundle = verifyBundle(bytes, { kind: 'features', trust, versionAfter: this.bundles.length });
    if (!bundle.ok) return { answer: 'refused', error: 'refused', findings: bundle.error };
    this.bundles.push(bytes);
    return { answer: 'stored' };
  }
  async reportRefusal(_kind: BundleKind, findings: readonly Finding[]): Promise<void> {
    this.refusals.push(findings);
  }
  lastFile(): FeatureFile {
    const bundle = verifyBundle(this.bundles.at(-1) as Uint8Array, { kind: 'features', trust, versionAfter: 0 });
    assert.ok(bundle.ok);
    return JSON.parse(Buffer.from(bundle.value.payload).toString('utf8'));
  }
}

describe('feature cycle on chdb', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cycle-'));
  let warehouse: ChdbWarehouse;
  let control: RecordingControl;
  let cycle: FeatureCycle;
  const withDatabase = (database?: null) =>
    new FeatureCycle({
      warehouse,
      control,
      signingKey: () => key,
      trust: () => trust,
      clock: systemClock,
      log: silentLogger,
      ...(database === null ? { database } : {}),
    });
  const grant = (...databases: string[]) => writeFileSync(chdbPaths(folder).users, usersXml(databases));

  before(async () => {
    warehouse = await ChdbWarehouse.open(folder);
    await migrate(warehouse, silentLogger);
  });
  beforeEach(() => {
    control = new RecordingControl();
    cycle = withDatabase();
    grant('default');
  });
  after(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('publishes what the software ships, from the tables that the migrations made, and nothing twice', async () => {
    assert.deepEqual(await cycle.run(), { outcome: 'published', version: 1, features: featureCount });
    const shipped = JSON.parse(readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'));
    assert.deepEqual(control.lastFile(), shipped);
    assert.deepEqual(await cycle.run(), { outcome: 'unchanged', version: 1 });
    assert.equal(control.bundles.length, 1);
  });

  it('18 November 2025: without the filter, a grant on r0 doubles the rows and is refused with every name', async () => {
    await cycle.run();
    const unfiltered = withDatabase(null);
    assert.equal((await unfiltered.run()).outcome, 'unchanged');
    grant('default', 'r0');
    const doubled = findingsOf(await unfiltered.run());
    const duplicates = doubled.find((finding) => finding.reason === 'feature-name-duplicate');
    assert.equal(duplicates?.names?.length, featureCount);
    assert.ok(!doubled.some((finding) => finding.reason === 'features-too-many'), 'under the limit of 200');
    grant('default', 'r0', 'r1', 'r2');
    const fourfold = findingsOf(await unfiltered.run());
    const tooMany = fourfold.find((finding) => finding.reason === 'features-too-many');
    assert.deepEqual([tooMany?.value, tooMany?.limit], [featureCount * 4, 200]);
    assert.ok(fourfold.some((finding) => finding.reason === 'feature-name-duplicate'));
    assert.deepEqual(control.refusals, [doubled, fourfold], 'each refusal is reported to control');
    assert.equal(control.bundles.length, 1, 'nothing was published');
    // The product's own query does not notice the grants.
    assert.equal((await cycle.run()).outcome, 'unchanged');
    grant('default');
    assert.equal((await unfiltered.run()).outcome, 'unchanged');
  });

  it('a column whose comment is no feature is refused by name, and the rest of the file with it', async () => {
    const column = 'default.http_requests_features';
    await warehouse.execute(`ALTER TABLE ${column} ADD COLUMN stray UInt8`);
    const findings = findingsOf(await cycle.run());
    assert.deepEqual(
      findings.map((finding) => [finding.reason, finding.names]),
      [['schema-invalid', ['stray']]],
    );
    await warehouse.execute(`ALTER TABLE ${column} COMMENT COLUMN stray 'key: not a feature'`);
    assert.equal((await cycle.run()).outcome, 'published');
  });

  it('an added column is the last feature of the next file', async () => {
    await cycle.run();
    const added = { name: 'has_x_new', type: 'UInt8', extractor: 'header-present', parameters: { header: 'x-new' } };
    await addFeatureColumn(warehouse, { ...added, type: 'UInt8', range: [0, 1], default: 0 });
    assert.deepEqual(await cycle.run(), { outcome: 'published', version: 2, features: featureCount + 1 });
    assert.deepEqual(control.lastFile().features.at(-1), { ...added, range: [0, 1], default: 0 });
  });

  it('takes what an upgrade of the software brought at once, however little is published', async () => {
    await cycle.run();
    const file = control.lastFile();
    const few = { ...file, features: file.features.slice(0, Math.floor(file.features.length / 2)) };
    control.bundles.push(
      signBundle({ kind: 'features', version: 2, madeAtMs: 1, payload: Buffer.from(JSON.stringify(few)) }, key),
    );
    assert.deepEqual(await cycle.run(), { outcome: 'published', version: 3, features: file.features.length });
  });

  it('does not overrule an operator until ClickHouse says something new', async () => {
    await cycle.run();
    const file = control.lastFile();
    const changed = { ...file, features: file.features.slice(0, -1) };
    const payload = Buffer.from(JSON.stringify(changed));
    control.bundles.push(signBundle({ kind: 'features', version: 2, madeAtMs: 1, payload }, key));
    control.byOperator.add(2);
    assert.deepEqual(await cycle.run(), { outcome: 'unchanged', version: 2 });
    const definition = {
      extractor: 'header-present',
      parameters: { header: 'x-newer' },
      range: [0, 1],
      default: 0,
    } as const;
    await addFeatureColumn(warehouse, { name: 'has_x_newer', type: 'UInt8', ...definition });
    assert.deepEqual(await cycle.run(), { outcome: 'published', version: 3, features: file.features.length + 1 });
  });

  it('does nothing when frozen, waits when control is gone, says so when the users file is broken', async () => {
    control.frozen = true;
    assert.deepEqual(await cycle.run(), { outcome: 'frozen' });
    control.frozen = false;
    control.gone = true;
    assert.deepEqual(await cycle.run(), { outcome: 'control-gone', error: 'gone' });
    control.gone = false;
    writeFileSync(chdbPaths(folder).users, '<clickhouse><users>');
    assert.equal((await cycle.run()).outcome, 'warehouse-gone');
    assert.equal((await cycle.run()).outcome, 'published', 'with the users in force before');
  });
});

function findingsOf(outcome: CycleOutcome): readonly Finding[] {
  assert.equal(outcome.outcome, 'refused');
  return outcome.outcome === 'refused' ? outcome.findings : [];
}
