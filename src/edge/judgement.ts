import type { ClientWindows } from '../bots/index.ts';
import type { BotVerdict } from '../contract/botVerdict.ts';
import type { RequestHead } from '../http/requestHead.ts';
import type { RuleOutcome } from '../rules/index.ts';
import { botsModule } from './modules/bots.ts';
import type { Guard } from './modules/module.ts';
import { passed, rulesModule } from './modules/rules.ts';
import type { ActiveSet } from './worker/activeSet.ts';
import type { ReadySite } from './worker/siteTable.ts';

/** What the modules said of one request, and the set that they said it with. */
export interface Judgement {
  readonly set: ActiveSet;
  readonly site: ReadySite | undefined;
  readonly verdict: BotVerdict;
  readonly outcome: RuleOutcome;
}

/** The modules in their order: bots, then the site's rules. Throws `ModuleRefusal` when one that fails closed fails. */
export function judge(
  head: RequestHead,
  site: ReadySite | undefined,
  set: ActiveSet,
  guard: Guard,
  windows: ClientWindows,
  nowMs: number,
): Judgement {
  const { judge, killed, isKilled } = set;
  const verdict = guard.call(botsModule, { judge, windows, head, nowMs }, killed.has('bots'));
  const outcome =
    site === undefined
      ? passed
      : guard.call(rulesModule, { rules: site.rules, head, verdict, isKilled }, killed.has('rules'));
  return { set, site, verdict, outcome };
}
