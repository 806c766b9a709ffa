import type { BotIdentity } from '../../../contract/verifiedBots.ts';
import type { RequestHead } from '../../../http/requestHead.ts';
import type { BotVerifier } from '../../../verified/index.ts';
import type { Module } from '../../pipeline/module.ts';

export interface VerifyInput {
  readonly verifier: Pick<BotVerifier, 'identify'>;
  readonly head: RequestHead;
  readonly startedMs: number;
  /** Since 1970: signatures carry times. */
  readonly startedWallMs: number;
}

/** Says whose bot sent the request, apart from the score. Fails open: who it is is unknown, which matches no rule. */
export const verifyModule: Module<VerifyInput, BotIdentity> = {
  name: 'verify',
  onFailure: 'open',
  neutral: () => nobodyLooked,
  run: ({ verifier, head, startedMs, startedWallMs }) => verifier.identify(head, startedMs, startedWallMs),
};

export const nobodyLooked: BotIdentity = Object.freeze({
  verified: undefined,
  reason: 'off',
  signatureFault: null,
  operator: null,
  category: null,
  isImpostor: false,
});
