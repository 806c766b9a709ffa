import { BotJudge, compileFeatures, compileModel } from '../../bots/index.ts';
import type { KindVersions } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Switch } from '../../contract/switchesFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { LoadedSet } from '../lastgood/index.ts';
import { buildSiteTable, type SiteTable } from './siteTable.ts';

/**
 * Everything that judges a request, in one immutable object. A request takes one reference at its start and keeps it to
 * its end; a swap replaces the reference. So no request ever sees half of a change (design, invariant 1).
 */
export interface ActiveSet {
  readonly versions: KindVersions;
  readonly judge: Pick<BotJudge, 'judge'>;
  /** In the vector's order. */
  readonly featureNames: readonly string[];
  /** undefined: this edge has no sites yet. */
  readonly sites: SiteTable | undefined;
  readonly killed: ReadonlySet<Switch>;
  /** undefined while no switch is thrown, which spares every rule the question. */
  readonly isKilled: ((name: Switch) => boolean) | undefined;
}

/**
 * Compiles a loaded set. The validator has accepted all of it, so a refusal here is rare; it is an answer all the same
 * and never the end of the worker. What is absent stays absent: the score, or the sites.
 */
export function buildActiveSet(set: LoadedSet, localKilled: readonly Switch[]): Result<ActiveSet, readonly Finding[]> {
  try {
    const features = set.features === undefined ? undefined : compileFeatures(set.features);
    const model = set.model === undefined || features === undefined ? undefined : compileModel(set.model, features);
    const sites = set.sites === undefined ? undefined : buildSiteTable(set.sites);
    if (sites?.ok === false) return sites;
    const killed = new Set<Switch>([...(set.switches?.killed ?? []), ...localKilled]);
    return ok({
      versions: set.versions,
      judge: new BotJudge(features, model),
      featureNames: features?.names ?? [],
      sites: sites?.value,
      killed,
      isKilled: killed.size === 0 ? undefined : (name) => killed.has(name),
    });
  } catch (error) {
    return err([{ reason: 'worker-refused', message: `The set does not compile: ${String(error)}` }]);
  }
}

/** What a worker serves with when it has nothing at all: every score absent, no sites. */
export const emptyActiveSet: ActiveSet = {
  versions: {},
  judge: new BotJudge(undefined, undefined),
  featureNames: [],
  sites: undefined,
  killed: new Set(),
  isKilled: undefined,
};
