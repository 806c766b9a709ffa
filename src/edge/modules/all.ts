import { type ModuleName, moduleNames } from '../../modules/all.ts';
import type { Module, ModulePorts, PipelineRequest } from '../pipeline/module.ts';
import { BotsModule } from './bots/botsModule.ts';
import { EditsModule } from './edits/editsModule.ts';
import { RatesModule } from './rates/ratesModule.ts';
import { RedirectsModule } from './redirects/redirectsModule.ts';
import { RulesModule } from './rules/rulesModule.ts';
import { ShadowModule } from './shadow/shadowModule.ts';
import { SizesModule } from './sizes/sizesModule.ts';
import { VerifyModule } from './verify/verifyModule.ts';

/** The implementation of each declared module; the compiler finds one that lacks. */
const makers = {
  verify: (ports: ModulePorts) => new VerifyModule(ports),
  bots: (ports: ModulePorts) => new BotsModule(ports),
  rules: (ports: ModulePorts) => new RulesModule(ports),
  rates: (ports: ModulePorts) => new RatesModule(ports),
  redirects: () => new RedirectsModule(),
  sizes: () => new SizesModule(),
  edits: () => new EditsModule(),
  shadow: () => new ShadowModule(),
} satisfies Readonly<Record<ModuleName, (ports: ModulePorts) => Module>>;

/** The modules of one worker, by name. */
export type Modules = { readonly [Name in ModuleName]: ReturnType<(typeof makers)[Name]> };

export function makeModules(given: Omit<ModulePorts, 'fieldOf'>): Modules {
  const readers = new Map<string, (request: PipelineRequest) => unknown>();
  const ports: ModulePorts = { ...given, fieldOf: (name, request) => readers.get(name)?.(request) };
  const modules = Object.fromEntries(moduleNames.map((name) => [name, makers[name](ports)])) as unknown as Modules;
  for (const { fields = {} } of inOrder(modules)) {
    for (const [name, read] of Object.entries(fields)) readers.set(name, read);
  }
  return modules;
}

/** In the order in which a request meets them. */
export function inOrder(modules: Modules): readonly Module[] {
  return moduleNames.map((name) => modules[name]);
}
