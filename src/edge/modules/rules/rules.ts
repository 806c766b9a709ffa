import type { BotVerdict } from '../../../contract/botVerdict.ts';
import type { Switch } from '../../../contract/switchesFile.ts';
import type { RequestHead } from '../../../http/requestHead.ts';
import type { ListedAddress } from '../../../lists/index.ts';
import type { CompiledRules, RuleOutcome } from '../../../rules/index.ts';
import type { Module } from '../../pipeline/module.ts';

export interface RulesInput {
  readonly site: { readonly rules: CompiledRules };
  readonly head: RequestHead;
  readonly verdict: BotVerdict;
  readonly address: ListedAddress;
  /** `isKilled` is undefined while no switch is thrown. */
  readonly set: { readonly isKilled: ((name: Switch) => boolean) | undefined };
}

/** Lets the site's rules decide. Fails open: the request passes, as if the site had no rules. */
export const rulesModule: Module<RulesInput, RuleOutcome> = {
  name: 'rules',
  onFailure: 'open',
  neutral: () => passed,
  run: ({ site, head, verdict, address, set }) => site.rules.decide(head, verdict, set.isKilled, address),
};

export const passed: RuleOutcome = Object.freeze({
  action: 'pass',
  rule: null,
  status: 0,
  body: '',
  logged: Object.freeze([]),
  dry: Object.freeze([]),
  unknowns: 0,
});
