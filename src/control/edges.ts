import type { EdgeReport, EdgeStatus } from '../contract/controlApi.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { controlLimits } from './limits.ts';
import type { Publisher } from './publisher.ts';
import type { ControlStore } from './store.ts';

/**
 * What edges say of themselves: the newest report in memory, one now and then in the store. Refusals in a report are
 * recorded once, however often the report repeats them.
 */
export class Edges {
  readonly #store: ControlStore;
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #known = new Map<string, EdgeStatus & { readonly storedAtMs: number }>();
  #loaded = false;

  constructor(store: ControlStore, publisher: Publisher, clock: Clock, log: Logger) {
    this.#store = store;
    this.#publisher = publisher;
    this.#clock = clock;
    this.#log = log;
  }

  report(edge: string, report: EdgeReport): void {
    this.#load();
    const nowMs = this.#clock.monotonicMs();
    const before = this.#known.get(edge);
    const isDue = before === undefined || nowMs - before.storedAtMs >= controlLimits.reportStoredEveryMs;
    const status = { edge, lastSeenMs: this.#clock.wallMs(), report };
    this.#takeVersions(edge, report, before?.report);
    if (isDue) this.#store.saveEdge(status);
    this.#known.delete(edge);
    this.#known.set(edge, { ...status, storedAtMs: isDue ? nowMs : before.storedAtMs });
    if (this.#known.size > controlLimits.edgesMax) this.#known.delete(this.#known.keys().next().value!);
  }

  list(): EdgeStatus[] {
    this.#load();
    const all = [...this.#known.values()].map(({ edge, lastSeenMs, report }) => ({ edge, lastSeenMs, report }));
    return all.sort((a, b) => (a.edge < b.edge ? -1 : 1));
  }

  /**
   * A version that an edge has, or refused, is never given out again for something else. One that is out of all reach is
   * a slip or malice: taking its word would use up the numbers, and with them the kill switches.
   */
  #takeVersions(edge: string, report: EdgeReport, before: EdgeReport | undefined): void {
    const said = new Set(before?.bundles.map((bundle) => JSON.stringify(bundle)));
    for (const bundle of report.bundles) {
      // What its last report said already is done, also when the store has let the refusal go since.
      if (said.has(JSON.stringify(bundle))) continue;
      const { latest, highestSeen } = this.#store.kindState(bundle.kind);
      const highest = Math.max(latest, highestSeen);
      if (bundle.version > highest + controlLimits.versionsAheadMax) {
        this.#log.warn('version-ignored', { edge, kind: bundle.kind, version: bundle.version, highest });
      } else if (bundle.version > highest) {
        this.#store.noteVersionSeen(bundle.kind, bundle.version);
      }
      if (bundle.outcome === 'ack') continue;
      if (this.#store.hasRefusal(bundle.kind, bundle.version, edge, bundle.findings)) continue;
      this.#publisher.recordRefusal(bundle.kind, bundle.version, edge, bundle.findings);
    }
  }

  #load(): void {
    if (this.#loaded) return;
    const storedAtMs = this.#clock.monotonicMs();
    for (const status of this.#store.edges()) this.#known.set(status.edge, { ...status, storedAtMs });
    this.#loaded = true;
  }
}
