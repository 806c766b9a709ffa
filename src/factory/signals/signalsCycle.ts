import { validatePayload } from '../../bundles/index.ts';
import type { Finding } from '../../contract/finding.ts';
import { signalTables } from '../../contract/kinds/signalsFile.ts';
import type { Trust } from '../../contract/trust.ts';
import { CompanionReader } from '../publish/companionReader.ts';
import { ControlGone } from '../publish/controlPort.ts';
import { type HandOverOutcome, type HandOverParts, handOver, tellRefusal } from '../publish/handOver.ts';
import { parseRows, type Warehouse, WarehouseError } from '../warehouse/warehouse.ts';
import { buildSignals, compareSignalReadings, encodeSignals, type SignalsReading } from './buildSignals.ts';
import { signalLimits } from './limits.ts';
import { type GroupReading, type SignalsWindow, signalsQuery } from './signalsQuery.ts';

/** How one cycle ended: the closed list. */
export type SignalsOutcome =
  | { readonly outcome: 'published'; readonly version: number; readonly rows: number; readonly bytes: number }
  /** No group had requests enough: edges keep what they have. */
  | { readonly outcome: 'too-little' }
  | Exclude<HandOverOutcome, { readonly outcome: 'stored' | 'refused' }>
  | { readonly outcome: 'refused'; readonly by: 'factory' | 'control'; readonly findings: readonly Finding[] }
  | { readonly outcome: 'control-gone' | 'warehouse-gone' | 'own-fault'; readonly error: string };

export interface SignalsCycleParts extends HandOverParts {
  readonly warehouse: Warehouse;
  readonly trust: () => Trust;
  /** `signalsQuery`; drills put a query that reads too much in its place. */
  readonly query?: typeof signalsQuery;
}

/**
 * query twice → compare → build → validate → sign → hand to control, as a feature file. Never rejects: whatever goes wrong
 * ends this cycle, edges keep what they have, and the next cycle tries again.
 */
export class SignalsCycle {
  readonly #parts: SignalsCycleParts;
  readonly #companions: CompanionReader;

  constructor(parts: SignalsCycleParts) {
    this.#parts = parts;
    this.#companions = new CompanionReader(parts.control, parts.trust, parts.log);
  }

  async run(): Promise<SignalsOutcome> {
    const outcome = await this.#attempt();
    const { outcome: event, ...fields } = outcome;
    this.#parts.log[quiet.has(event) ? 'info' : 'warn'](`signals-${event}`, fields);
    if (outcome.outcome === 'refused' && outcome.by === 'factory') {
      await tellRefusal(this.#parts, 'signals', outcome.findings);
    }
    return outcome;
  }

  async #attempt(): Promise<SignalsOutcome> {
    try {
      const status = await this.#parts.control.kindStatus('signals');
      if (status.frozen) return { outcome: 'frozen' };
      const companions = await this.#companions.read('signals', { signals: status.latest });
      const window = lastHour(this.#parts.clock.wallMs());
      const first = await this.#read(window);
      const second = await this.#read(window);
      const findings = compareSignalReadings(first, second);
      const file = buildSignals(second, window.toS * 1_000);
      const rows = signalTables.reduce((sum, name) => sum + file[name].keys.length, 0);
      if (rows === 0 && findings.length === 0) return { outcome: 'too-little' };
      const payload = encodeSignals(file);
      const valid = validatePayload('signals', payload, companions);
      if (!valid.ok) findings.push(...valid.error);
      if (findings.length > 0) return { outcome: 'refused', by: 'factory', findings };
      const handed = await handOver(this.#parts, 'signals', status.next, payload);
      if (handed.outcome !== 'stored') return handed;
      this.#companions.hold(status.next, { kind: 'signals', file });
      return { outcome: 'published', version: status.next, rows, bytes: payload.length };
    } catch (error) {
      if (error instanceof ControlGone) return { outcome: 'control-gone', error: error.message };
      if (error instanceof WarehouseError) return { outcome: 'warehouse-gone', error: error.message };
      // A mistake of ours costs this cycle and must not be taken for somebody else's.
      this.#parts.log.error('signals-cycle-fault', { stack: (error as Error).stack });
      return { outcome: 'own-fault', error: (error as Error).message };
    }
  }

  async #read(window: SignalsWindow): Promise<SignalsReading> {
    const { warehouse, query = signalsQuery } = this.#parts;
    const tables: [string, readonly GroupReading[]][] = [];
    for (const name of signalTables) {
      tables.push([name, parseRows<GroupReading>(await warehouse.query(query(name, window), 'JSONEachRow'))]);
    }
    return Object.fromEntries(tables) as unknown as SignalsReading;
  }
}

/** Outcomes of a normal day. */
const quiet: ReadonlySet<SignalsOutcome['outcome']> = new Set(['published', 'too-little', 'frozen']);

/** The hour that ended a little ago, when what edges logged has come in: two readings of it agree. */
function lastHour(nowMs: number): SignalsWindow {
  const toS = Math.floor((nowMs - signalLimits.signalsLagMs) / 1_000);
  return { fromS: toS - 3_600, toS };
}
