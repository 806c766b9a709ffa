import { noSeat } from '../../../bots/index.ts';
import type { BotVerdict } from '../../../contract/botVerdict.ts';
import { slotOf } from '../../pipeline/slot.ts';

export interface BotsState {
  readonly verdict: BotVerdict;
  /** Where the windows have its client, for the answer. */
  readonly seat: number;
}

/** The score. */
export const botsSlot = slotOf<BotsState>('bots', {
  verdict: { kind: 'absent', reason: 'no-features' },
  seat: noSeat,
});
