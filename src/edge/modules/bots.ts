import type { BotJudge, ClientWindows } from '../../bots/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { BotIdentity } from '../../contract/verifiedBots.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { Module } from './module.ts';

export interface BotsInput {
  readonly set: { readonly judge: Pick<BotJudge, 'judgeNext'> };
  readonly windows: ClientWindows;
  readonly head: RequestHead;
  readonly startedMs: number;
  readonly identity: BotIdentity;
  readonly address: ListedAddress;
}

/** Scores the request. Fails open: the score is absent, which is not a low score and matches no rule. */
export const botsModule: Module<BotsInput, BotVerdict> = {
  name: 'bots',
  onFailure: 'open',
  neutral: (reason) => ({ kind: 'absent', reason }),
  run: ({ set, windows, head, startedMs, identity, address }) =>
    set.judge.judgeNext(head, windows, startedMs, { identity, address }),
};
