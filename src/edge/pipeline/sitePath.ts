import { assert } from '../../kernel/assert.ts';
import type { ModuleName } from '../../modules/all.ts';
import { moduleNames } from '../../modules/all.ts';
import type { Guard, OnPath } from './guard.ts';
import type { Module, SetOnPath, SiteOnPath, Steps } from './module.ts';

/** A module on a path that has the step it is listed under. */
export type StepOnPath<Key extends keyof Steps> = OnPath & { readonly steps: Steps & Required<Pick<Steps, Key>> };

/**
 * The modules of one site, step by step, made once per site and active set: what a site does not use is not in its path and
 * costs it nothing. The request's steps are in the modules' order, the answer's in the opposite one.
 */
export interface SitePath {
  /** Those that are switched off among them: they leave their neutral answer. */
  readonly head: readonly OnPath[];
  readonly requestBody: readonly StepOnPath<'requestBody'>[];
  readonly originHead: readonly StepOnPath<'originHead'>[];
  readonly serve: StepOnPath<'serve'> | undefined;
  readonly noAnswer: readonly StepOnPath<'noAnswer'>[];
  /** Those that look at the answer's head or body. */
  readonly answer: readonly (OnPath & { readonly steps: Steps })[];
  readonly record: readonly StepOnPath<'record'>[];
  readonly release: readonly StepOnPath<'release'>[];
}

export const emptyPath: SitePath = {
  head: [],
  requestBody: [],
  originHead: [],
  serve: undefined,
  noAnswer: [],
  answer: [],
  record: [],
  release: [],
};

/** `site` undefined: the path of what is asked of the edge itself where it has no such site. Throws what a module's `compile` throws. */
export function compilePath(
  modules: readonly Module[],
  guard: Guard,
  set: SetOnPath,
  site: SiteOnPath | undefined,
): SitePath {
  const all: OnPath[] = [];
  for (const module of modules) {
    const isKilled = set.isKilled?.(module.declaration.name as ModuleName) === true;
    const steps = isKilled ? undefined : module.compile(set, site);
    if (steps !== undefined || isKilled) all.push(guard.watch(module, steps, site?.name ?? ''));
  }
  const having = <Key extends keyof Steps>(key: Key) =>
    all.filter((on): on is StepOnPath<Key> => on.steps?.[key] !== undefined);
  const serving = having('serve');
  assert(serving.length <= 1, 'one module of a site serves in the place of its origin');
  return {
    head: all.filter(({ module, steps }) => steps?.head !== undefined || (steps === undefined && module.neutral)),
    requestBody: having('requestBody'),
    originHead: having('originHead'),
    serve: serving[0],
    noAnswer: having('noAnswer').reverse(),
    answer: all.filter(hasAnswer).reverse(),
    record: having('record').reverse(),
    release: having('release').reverse(),
  };
}

function hasAnswer(on: OnPath): on is OnPath & { readonly steps: Steps } {
  return on.steps?.answerHead !== undefined || on.steps?.answerBody !== undefined;
}

/** Where a module stands among all; answers pass those that stand before the one that gave them. */
export function placeOf({ declaration }: Module): number {
  return moduleNames.indexOf(declaration.name as ModuleName);
}

/** Paths of all sites of a set. */
export interface SitePaths {
  of(site: SiteOnPath | undefined): SitePath;
}

/** Compiles the paths of whole sets; one per worker. */
export class PathCompiler {
  readonly #modules: readonly Module[];
  readonly #guard: Guard;

  constructor(modules: readonly Module[], guard: Guard) {
    this.#modules = modules;
    this.#guard = guard;
  }

  /** Throws what a module's `compile` throws. */
  compile(set: SetOnPath, sites: readonly SiteOnPath[]): SitePaths {
    const withoutSite = compilePath(this.#modules, this.#guard, set, undefined);
    const paths = new Map(sites.map((site) => [site, compilePath(this.#modules, this.#guard, set, site)]));
    this.#guard.forgetOthers();
    return { of: (site) => (site === undefined ? withoutSite : (paths.get(site) ?? withoutSite)) };
  }
}
