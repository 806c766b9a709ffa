import { slotOf } from '../../pipeline/slot.ts';

export interface RatesState {
  /** The rule that limited the request; null: none did. */
  readonly limitedBy: string | null;
  /** Dry rules that would have. */
  readonly dry: readonly string[];
}

export const unlimited: RatesState = Object.freeze({ limitedBy: null, dry: Object.freeze([]) });

/** Whether it was one request too many. */
export const ratesSlot = slotOf<RatesState>('rates', unlimited);
