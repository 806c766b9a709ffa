import { bundleKinds, type KindVersions } from '../contract/bundleKind.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Changes } from './changes.ts';
import { controlLimits } from './limits.ts';
import type { Publisher } from './publisher.ts';

/**
 * Answers the long poll of edges: at once when control has something newer than the edge names, else at the next change.
 * An edge that names the same versions again after it was told (it refused the new one) waits a second, so that it
 * cannot spin; a change ends that wait like any other.
 */
export class WantedAnswers {
  readonly #publisher: Publisher;
  readonly #changes: Changes;
  readonly #clock: Clock;
  /** Edge → what it was told last, and when. Bounded by forgetting the oldest. */
  readonly #told = new Map<string, { readonly versions: string; readonly atMs: number }>();

  constructor(publisher: Publisher, changes: Changes, clock: Clock) {
    this.#publisher = publisher;
    this.#changes = changes;
    this.#clock = clock;
  }

  async answer(edge: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<KindVersions> {
    const deadlineMs = this.#clock.monotonicMs() + waitMsOf(query);
    let wanted = this.#publisher.wanted();
    const toldMs = this.#toldAgoMs(edge, wanted);
    if (toldMs < controlLimits.repeatedAnswerMs) {
      const restMs = Math.min(controlLimits.repeatedAnswerMs - toldMs, deadlineMs - this.#clock.monotonicMs());
      await this.#changes.wait(restMs, signal);
      wanted = this.#publisher.wanted();
    }
    while (!hasNewer(wanted, query) && !signal.aborted) {
      const restMs = deadlineMs - this.#clock.monotonicMs();
      if (restMs <= 0) break;
      await this.#changes.wait(restMs, signal);
      wanted = this.#publisher.wanted();
    }
    this.#remember(edge, wanted, hasNewer(wanted, query));
    return wanted;
  }

  #toldAgoMs(edge: string, wanted: KindVersions): number {
    const told = this.#told.get(edge);
    if (told === undefined || told.versions !== JSON.stringify(wanted)) return Number.POSITIVE_INFINITY;
    return this.#clock.monotonicMs() - told.atMs;
  }

  #remember(edge: string, wanted: KindVersions, wasNews: boolean): void {
    this.#told.delete(edge);
    if (!wasNews) return;
    this.#told.set(edge, { versions: JSON.stringify(wanted), atMs: this.#clock.monotonicMs() });
    if (this.#told.size > controlLimits.edgesMax) this.#told.delete(this.#told.keys().next().value!);
  }
}

/** Kinds that the query does not name count as 0. An edge that is ahead (control lost its store) has nothing to fetch. */
function hasNewer(wanted: KindVersions, query: Readonly<Record<string, string>>): boolean {
  return bundleKinds.some((kind) => (wanted[kind] ?? 0) > (Number(query[kind]) || 0));
}

function waitMsOf(query: Readonly<Record<string, string>>): number {
  const waitS = Number(query.waitS ?? 0);
  return Number.isFinite(waitS) ? Math.min(Math.max(waitS, 0), controlLimits.waitSMax) * 1_000 : 0;
}
