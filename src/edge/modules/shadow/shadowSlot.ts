import { slotOf } from '../../pipeline/slot.ts';

/** What the shadow model would have scored; null: there is none, or it failed. */
export const shadowSlot = slotOf<number | null>('shadow', null);
