import type { ClientWindows } from '../../bots/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { BotIdentity } from '../../contract/verifiedBots.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { RuleOutcome } from '../../rules/index.ts';
import type { Judgement } from '../activeSet/judgement.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';
import { botsModule } from '../modules/bots/bots.ts';
import { rulesModule } from '../modules/rules/rules.ts';
import { shadowModule } from '../modules/shadow/shadow.ts';
import { type VerifyInput, verifyModule } from '../modules/verify/verify.ts';
import type { Guard } from '../pipeline/module.ts';

/** A request that is to be judged, and where the judgement goes. */
export interface ToJudge extends Judgement, VerifyInput {
  readonly head: RequestHead;
  readonly windows: ClientWindows;
  readonly startedMs: number;
  identity: BotIdentity;
  verdict: BotVerdict;
  outcome: RuleOutcome;
  shadowScore: number | null;
  seat: number;
  /** A module that fails closed failed (`ModuleRefusal`): there is no judgement then. */
  failure: unknown;
}

/**
 * The modules in their order: who it is, what it is, then the site's rules. Each judges all requests before the next one begins, because
 * what it reads is in the processor's caches then.
 */
export function judgeAll(requests: readonly ToJudge[], guard: Guard): void {
  const judge = () => {
    for (const request of requests) askVerifier(request, guard);
    for (const request of requests) askBots(request, guard);
    for (const request of requests) askRules(request, guard);
    // Last, so that nothing can have read it.
    for (const request of requests) askShadow(request, guard);
  };
  if (guard.inARow === undefined) judge();
  else guard.inARow(judge);
}

function askVerifier(request: ToJudge, guard: Guard): void {
  try {
    request.identity = guard.call(verifyModule, request, request.set.killed.has('verify'));
  } catch (error) {
    request.failure = error;
  }
}

function askBots(request: ToJudge, guard: Guard): void {
  try {
    const verdict = guard.call(botsModule, request, request.set.killed.has('bots'));
    // Who it is was found apart from the score, and stays known without it.
    request.verdict = verdict.kind === 'absent' ? { ...verdict, identity: request.identity } : verdict;
  } catch (error) {
    request.failure = error;
  }
}

function askRules(request: ToJudge, guard: Guard): void {
  const { failure, set, site } = request;
  if (failure !== undefined || site === undefined) return;
  try {
    request.outcome = guard.call(
      rulesModule,
      request as ToJudge & { readonly site: ReadySite },
      set.killed.has('rules'),
    );
  } catch (error) {
    request.failure = error;
  }
}

function askShadow(request: ToJudge, guard: Guard): void {
  if (request.set.shadow === undefined) return;
  request.shadowScore = guard.call(shadowModule, request, request.set.killed.has('bots'));
}
