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

/** What a bundle of kind `switches` alone is refused for, and what each reason means: sentences without their full stops. */
export const switchesReasons = {
  'switch-unknown': 'there is nothing of this name to switch off',
  'switches-too-many': 'there are more switches than there may be',
} as const;
