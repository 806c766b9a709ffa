import type { BotIdentity } from '../../../contract/verifiedBots.ts';
import { slotOf } from '../../pipeline/slot.ts';

export const nobodyLooked: BotIdentity = Object.freeze({
  verified: undefined,
  reason: 'off',
  signatureFault: null,
  operator: null,
  category: null,
  isImpostor: false,
});

/** Whose bot sent the request. */
export const verifySlot = slotOf<BotIdentity>('verify', nobodyLooked);
