import type { BotJudge, ClientWindows } from '../../../bots/index.ts';
import type { BotVerdict } from '../../../contract/botVerdict.ts';
import type { BotIdentity } from '../../../contract/verifiedBots.ts';
import type { RequestHead } from '../../../http/requestHead.ts';
import type { ListedAddress } from '../../../lists/index.ts';
import type { Module } from '../../pipeline/module.ts';

export interface BotsInput {
  readonly set: { readonly judge: Pick<BotJudge, 'judgeNext'> };
  readonly windows: ClientWindows;
  readonly head: RequestHead;
  readonly startedMs: number;
  readonly identity: BotIdentity;
  readonly address: ListedAddress;
  /** Where the windows have its client afterwards, for the answer. */
  seat: number;
}

/** Scores the request. Fails open: the score is absent, which is not a low score and matches no rule. */
export const botsModule: Module<BotsInput, BotVerdict> = {
  name: 'bots',
  onFailure: 'open',
  neutral: (reason) => ({ kind: 'absent', reason }),
  run: (input) => {
    const { set, windows, head, startedMs, identity, address } = input;
    const verdict = set.judge.judgeNext(head, windows, startedMs, { identity, address });
    input.seat = windows.seat;
    return verdict;
  },
};
