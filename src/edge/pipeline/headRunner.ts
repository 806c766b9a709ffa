import type { Guard, HeadOnPath } from './guard.ts';
import type { Module } from './module.ts';
import type { SitePath } from './sitePath.ts';

/** A request on its way through the modules' heads. */
export interface OnItsWay extends HeadOnPath {
  readonly path: SitePath;
  /** How many modules of the path it has behind it. */
  headsPassed: number;
}

/** Leads requests through the heads of their sites' modules, in batches. */
export class HeadRunner {
  readonly #guard: Guard;
  readonly #modules: readonly Module[];

  constructor(guard: Guard, modules: readonly Module[]) {
    this.#guard = guard;
    this.#modules = modules.filter(({ afterHeads }) => afterHeads !== undefined);
  }

  /** Afterwards each has a step, is closed by one that failed, or has all modules behind it. New requests, or some that were parked. */
  run(requests: readonly OnItsWay[]): void {
    const groups = byPath(requests);
    this.#guard.inARow(() => {
      for (const [path, group] of groups) this.#runGroup(path, group);
    });
    for (const module of this.#modules) this.#guard.afterHeads(module);
  }

  /** The modules in their order; each judges all requests before the next one begins, because what it reads is in the processor's caches then. */
  #runGroup(path: SitePath, requests: readonly OnItsWay[]): void {
    for (let index = 0; index < path.head.length; index++) {
      const on = path.head[index]!;
      for (const request of requests) {
        if (request.headsPassed !== index || request.step !== undefined || request.isClosed) continue;
        request.headsPassed = index + 1;
        this.#guard.head(on, request);
      }
    }
  }
}

/** Most turns bring requests of one site alone. */
function byPath(requests: readonly OnItsWay[]): Iterable<readonly [SitePath, readonly OnItsWay[]]> {
  const path = requests[0]?.path;
  if (path === undefined) return [];
  if (requests.every((request) => request.path === path)) return [[path, requests]];
  const groups = new Map<SitePath, OnItsWay[]>();
  for (const request of requests) {
    const group = groups.get(request.path);
    if (group === undefined) groups.set(request.path, [request]);
    else group.push(request);
  }
  return groups;
}
