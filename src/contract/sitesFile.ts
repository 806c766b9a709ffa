/** Payload of a bundle of kind `sites`: what `holdfast.yaml` says about sites, checked and complete (no defaults left). */
export interface SitesFile {
  readonly schema: 1;
  readonly sites: readonly Site[];
}

export interface Site {
  /** The first host, or `default` for the catch-all; unique; used in logs, metrics and the trace. */
  readonly name: string;
  /** Lower-case host names without port; `*` catches every host that no other site names. */
  readonly hosts: readonly string[];
  /** `http://host:port`, nothing behind it. */
  readonly origin: string;
  readonly rules: readonly Rule[];
}

export const ruleActions = ['allow', 'log', 'block'] as const;

export interface Rule {
  readonly name: string;
  /** CEL over `request.*` and `bot.*`, three-valued: fires on true alone. */
  readonly when: string;
  readonly then: RuleThen;
  /** A dry rule is evaluated and logged, and does nothing. */
  readonly dryRun: boolean;
  /** `block`: this rule may block although every score is absent; without it such a rule set is refused. */
  readonly whenAbsent: 'block' | 'never-block';
}

/** `allow` and `block` end the rules of a request; `log` marks the record and goes on. */
export type RuleThen =
  | { readonly action: 'allow' }
  | { readonly action: 'log' }
  | { readonly action: 'block'; readonly status: number; readonly body: string };
