/**
 * Payload of a bundle of kind `switches`. A switch that is thrown names what is off everywhere on the edge:
 * `bots`, `verify`, `rules` (modules), `rule:SITE/NAME` or `action:block`.
 */
export interface SwitchesFile {
  readonly schema: 1;
  readonly killed: readonly Switch[];
}

export const switchableModules = ['bots', 'verify', 'rules'] as const;
export type SwitchableModule = (typeof switchableModules)[number];
export type Switch = SwitchableModule | 'action:block' | 'action:log' | `rule:${string}`;
