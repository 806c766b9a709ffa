import { BotJudge, compileFeatures, compileModel, compileSignals, type Model } from '../../bots/index.ts';
import type { KindVersions } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { ListsFile } from '../../contract/kinds/listsFile.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import type { SitesFile } from '../../contract/kinds/sitesFile.ts';
import type { Switch } from '../../contract/kinds/switchesFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { LoadedSet } from '../../lastgood/index.ts';
import { AddressLists } from '../../lists/index.ts';
import { emptyPath, type PathCompiler, type SitePaths } from '../pipeline/sitePath.ts';
import { buildSiteTable, type SiteTable } from './siteTable.ts';

/**
 * Everything that judges a request, in one immutable object. A request takes one reference at its start and keeps it to
 * its end; a swap replaces the reference. So no request ever sees half of a change (design, invariant 1).
 */
export interface ActiveSet {
  readonly versions: KindVersions;
  /** What is known of addresses; undefined: nothing. */
  readonly lists: AddressLists | undefined;
  readonly judge: Pick<BotJudge, 'judge' | 'judgeNext' | 'release'>;
  /** Scores beside the judge's model, and acts on nothing. */
  readonly shadow: Model | undefined;
  /** In the vector's order. */
  readonly featureNames: readonly string[];
  /** undefined: this edge has no sites yet. */
  readonly sites: SiteTable | undefined;
  readonly killed: ReadonlySet<Switch>;
  /** undefined while no switch is thrown, which spares every rule the question. */
  readonly isKilled: ((name: Switch) => boolean) | undefined;
  /** The modules of each site, compiled for this set. */
  readonly paths: SitePaths;
}

/**
 * Compiles loaded sets, and of each only what is another file than last time: a thrown switch compiles no rule again.
 * The validator has accepted all of it, so a refusal here is rare; it is an answer all the same and never the end of the
 * worker. What is absent stays absent: the score, or the sites.
 */
export class ActiveSetBuilder {
  readonly #compiler: Pick<PathCompiler, 'compile'>;
  #judged: { readonly files: LoadedSet; readonly judge: BotJudge } = { files: { versions: {} }, judge: neverScores };
  #listed: { readonly file: ListsFile; readonly lists: AddressLists } | undefined;
  #shadowFile: ModelFile | undefined;
  #sited: { readonly file: SitesFile; readonly table: SiteTable } | undefined;

  constructor(compiler: Pick<PathCompiler, 'compile'> = { compile: () => noPaths }) {
    this.#compiler = compiler;
  }

  build(set: LoadedSet, localKilled: readonly Switch[]): Result<ActiveSet, readonly Finding[]> {
    try {
      const judge = this.#judge(set);
      const sites = set.sites === undefined ? undefined : this.#sites(set.sites);
      if (sites?.ok === false) return sites;
      const killed = new Set<Switch>([...(set.switches?.killed ?? []), ...localKilled]);
      return ok(
        this.#withPaths({
          versions: set.versions,
          lists: this.#lists(set.lists),
          judge,
          shadow: this.#compileShadow(judge),
          featureNames: judge.features?.names ?? [],
          sites: sites?.value,
          killed,
          isKilled: killed.size === 0 ? undefined : (name) => killed.has(name),
        }),
      );
    } catch (error) {
      return err([{ reason: 'worker-refused', message: `The set does not compile: ${String(error)}` }]);
    }
  }

  #lists(file: ListsFile | undefined): AddressLists | undefined {
    if (file === undefined) this.#listed = undefined;
    else if (this.#listed?.file !== file) this.#listed = { file, lists: new AddressLists(file) };
    return this.#listed?.lists;
  }

  /** Features, model and signals judge as one; new signals come every few minutes and leave the other two as they are. */
  #judge(files: LoadedSet): BotJudge {
    const { files: before, judge: judgeBefore } = this.#judged;
    const isSame = files.features === before.features && files.model === before.model;
    if (isSame && files.signals === before.signals) return judgeBefore;
    const signals = files.signals === undefined ? undefined : compileSignals(files.signals);
    let { features, model } = judgeBefore;
    if (!isSame) {
      features = files.features === undefined ? undefined : compileFeatures(files.features);
      model = files.model === undefined || features === undefined ? undefined : compileModel(files.model, features);
    }
    const judge = new BotJudge(features, model, signals);
    this.#judged = { files, judge };
    return judge;
  }

  /** The shadow model of every set that is built from now on; undefined: none. */
  set shadow(file: ModelFile | undefined) {
    this.#shadowFile = file;
  }

  /** The same set with the shadow that holds now. */
  reshadowed(set: ActiveSet): ActiveSet {
    const shadow = set.judge instanceof BotJudge ? this.#compileShadow(set.judge) : undefined;
    return this.#withPaths({ ...set, shadow });
  }

  #withPaths(set: Omit<ActiveSet, 'paths'>): ActiveSet {
    return { ...set, paths: this.#compiler.compile(set, set.sites?.sites ?? []) };
  }

  /** A shadow that does not fit the features in force is left out; it never holds a set up. */
  #compileShadow({ features }: BotJudge): Model | undefined {
    const file = this.#shadowFile;
    if (file === undefined || features === undefined) return undefined;
    return file.features.every((name) => features.position(name) !== -1) ? compileModel(file, features) : undefined;
  }

  #sites(file: SitesFile): Result<SiteTable, readonly Finding[]> {
    if (this.#sited?.file === file) return ok(this.#sited.table);
    const built = buildSiteTable(file);
    if (built.ok) this.#sited = { file, table: built.value };
    return built;
  }
}

const noPaths: SitePaths = { of: () => emptyPath };

const neverScores = new BotJudge(undefined, undefined);

/** What a worker serves with when it has nothing at all: every score absent, no sites. */
export const emptyActiveSet: ActiveSet = {
  versions: {},
  lists: undefined,
  judge: neverScores,
  shadow: undefined,
  featureNames: [],
  sites: undefined,
  killed: new Set(),
  isKilled: undefined,
  paths: noPaths,
};
