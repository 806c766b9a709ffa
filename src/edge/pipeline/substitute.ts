import type { ModuleName } from '../../modules/all.ts';
import type { HeadOnPath } from './guard.ts';
import type { Module, Steps } from './module.ts';
import type { Step } from './step.ts';

/** The same module with other steps: a drill's counter-example, a test's fault, a lab's ear. */
export function withSteps(module: Module, change: (steps: Steps) => Steps): Module {
  return {
    declaration: module.declaration,
    ...(module.slot && { slot: module.slot }),
    ...(module.fields && { fields: module.fields }),
    ...(module.topics && { topics: module.topics }),
    neutral: (request, reason) => module.neutral?.(request, reason),
    afterHeads: () => module.afterHeads?.(),
    trace: (request) => module.trace?.(request) ?? [],
    columns: (request) => module.columns?.(request) ?? {},
    compile: (set, site) => {
      const steps = module.compile(set, site);
      return steps && change(steps);
    },
  };
}

/** Puts another head step in the place of one module's; `ordinary` does what the module would have done. */
export function withHead(
  name: ModuleName,
  head: (request: HeadOnPath, ordinary: () => Step | undefined) => Step | undefined,
): (module: Module) => Module {
  return (module) =>
    module.declaration.name !== name
      ? module
      : withSteps(module, (steps) => ({
          ...steps,
          head: (request) => head(request as HeadOnPath, () => steps.head?.(request)),
        }));
}
