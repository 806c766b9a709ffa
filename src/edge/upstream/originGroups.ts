import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { type GroupSettings, OriginGroup } from './originGroup.ts';

/**
 * The groups of all sites. A reload that leaves a site's origins and upstream settings as they are leaves its group as it
 * is: counts, ejections and health go on. Requests that started before a reload end at the group that they started with.
 */
export class OriginGroups {
  readonly #clock: Clock;
  readonly #random: Random;
  #bySite: ReadonlyMap<string, { readonly group: OriginGroup; readonly said: string }> = new Map();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** `sites` is complete: a site that is not among them is forgotten. */
  update(sites: readonly GroupSettings[]): void {
    const next = new Map<string, { group: OriginGroup; said: string }>();
    for (const site of sites) {
      const said = JSON.stringify([site.origins, site.upstream]);
      const before = this.#bySite.get(site.name);
      const group =
        before?.said === said ? before.group : new OriginGroup(site, this.#clock, this.#random, before?.group);
      next.set(site.name, { group, said });
    }
    this.#bySite = next;
  }

  get(siteName: string): OriginGroup | undefined {
    return this.#bySite.get(siteName)?.group;
  }

  all(): readonly OriginGroup[] {
    return [...this.#bySite.values()].map(({ group }) => group);
  }
}
