import { hash } from 'node:crypto';
import { validatePayload } from '../../bundles/index.ts';
import type { KindStatus } from '../../contract/controlApi.ts';
import type { Finding } from '../../contract/finding.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { Trust } from '../../contract/trust.ts';
import { CompanionReader } from '../publish/companionReader.ts';
import { ControlGone, factoryNote } from '../publish/controlPort.ts';
import { type HandOverOutcome, type HandOverParts, handOver, tellRefusal } from '../publish/handOver.ts';
import { featuresDatabase, featuresTable } from '../warehouse/tables.ts';
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts';
import { buildFeatureFile, compareReadings, encodeFeatureFile } from './buildFeatureFile.ts';

/** How one cycle ended: the closed list. */
export type CycleOutcome =
  | { readonly outcome: 'published'; readonly version: number; readonly features: number }
  | { readonly outcome: 'unchanged'; readonly version: number }
  | { readonly outcome: 'refused'; readonly by: 'factory' | 'control'; readonly findings: readonly Finding[] }
  | Exclude<HandOverOutcome, { readonly outcome: 'stored' | 'refused' }>
  | { readonly outcome: 'control-gone' | 'warehouse-gone' | 'own-fault'; readonly error: string };

export interface FeatureCycleParts extends HandOverParts {
  readonly warehouse: Warehouse;
  readonly trust: () => Trust;
  /**
   * Which database's columns are read. null leaves the filter out: the query of 18 November 2025, which only the drill
   * wires in (`main/drillFactory.ts`); no configuration reaches it.
   */
  readonly database?: string | null;
  /** `validatePayload`; the drill's counter-example puts another in its place. */
  readonly validate?: typeof validatePayload;
}

/**
 * query → compare → build → validate → sign → hand to control. Never rejects: whatever goes wrong ends this cycle, edges keep what they have, and the next cycle tries again.
 */
export class FeatureCycle {
  readonly #parts: FeatureCycleParts;
  readonly #database: string | null;
  readonly #companions: CompanionReader;

  constructor(parts: FeatureCycleParts) {
    this.#parts = parts;
    this.#database = parts.database === undefined ? featuresDatabase : parts.database;
    this.#companions = new CompanionReader(parts.control, parts.trust, parts.log);
  }

  async run(): Promise<CycleOutcome> {
    const outcome = await this.#attempt();
    const { outcome: event, ...fields } = outcome;
    this.#parts.log[quiet.has(event) ? 'info' : 'warn'](`features-${event}`, fields);
    if (outcome.outcome === 'refused' && outcome.by === 'factory') {
      await tellRefusal(this.#parts, 'features', outcome.findings);
    }
    return outcome;
  }

  async #attempt(): Promise<CycleOutcome> {
    try {
      const status = await this.#parts.control.kindStatus('features');
      if (status.frozen) return { outcome: 'frozen' };
      const companions = await this.#companions.read('features', { features: status.latest });
      const { file, findings } = await this.#read();
      const payload = encodeFeatureFile(file);
      const { validate = validatePayload } = this.#parts;
      const valid = validate('features', payload, companions);
      if (!valid.ok) findings.push(...(findings.length === 0 ? valid.error : valid.error.filter(isNoConsequence)));
      if (findings.length > 0) return { outcome: 'refused', by: 'factory', findings };
      if (hasPublished(status, payload)) return { outcome: 'unchanged', version: status.latest };
      const handed = await handOver(this.#parts, 'features', status.next, payload);
      if (handed.outcome !== 'stored') return handed;
      return { outcome: 'published', version: status.next, features: file.features.length };
    } catch (error) {
      if (error instanceof ControlGone) return { outcome: 'control-gone', error: error.message };
      if (error instanceof WarehouseError) return { outcome: 'warehouse-gone', error: error.message };
      // A mistake of ours costs this cycle and must not be taken for somebody else's.
      this.#parts.log.error('features-cycle-fault', { stack: (error as Error).stack });
      return { outcome: 'own-fault', error: (error as Error).message };
    }
  }

  async #read(): Promise<{ file: FeatureFile; findings: Finding[] }> {
    const { warehouse, log } = this.#parts;
    if (await warehouse.refreshAccess()) log.info('access-changed');
    const first = await warehouse.readColumns(featuresTable, this.#database);
    const second = await warehouse.readColumns(featuresTable, this.#database);
    const { file, findings } = buildFeatureFile(second);
    return { file, findings: [...compareReadings(first, second), ...findings] };
  }
}

/** Outcomes of a normal day. */
const quiet: ReadonlySet<CycleOutcome['outcome']> = new Set(['published', 'unchanged', 'frozen']);

/** What a file says that lacks the columns which could not be read follows from that and would only mislead. */
function isNoConsequence(finding: Finding): boolean {
  return !['features-empty', 'features-shrunk', 'model-feature-missing'].includes(finding.reason);
}

/**
 * Whether this is what the factory said last. Compared with its own last word, not with the newest version: an operator
 * who rolled back or published by hand is not overruled until ClickHouse says something new.
 */
function hasPublished(status: KindStatus, payload: Uint8Array): boolean {
  const own = status.history.find((entry) => entry.note === factoryNote) ?? status.history[0];
  return own?.sha256 === hash('sha256', payload, 'hex');
}
