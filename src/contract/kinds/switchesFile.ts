import type { ModuleAction, ModuleName } from '../../modules/all.ts';

/**
 * Payload of a bundle of kind `switches`. A switch that is thrown names what is off everywhere on the edge: a module, a rule
 * (`rule:SITE/NAME`), or what rules may do (`action:block`).
 */
export interface SwitchesFile {
  readonly schema: 1;
  readonly killed: readonly Switch[];
}

export type Switch = ModuleName | `action:${ModuleAction}` | `rule:${string}`;
