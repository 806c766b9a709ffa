import type { RuleOutcome } from '../../../rules/index.ts';
import { slotOf } from '../../pipeline/slot.ts';

export const passed: RuleOutcome = Object.freeze({
  action: 'pass',
  rule: null,
  status: 0,
  body: '',
  logged: Object.freeze([]),
  dry: Object.freeze([]),
  unknowns: 0,
});

/** What the site's rules say. */
export const rulesSlot = slotOf<RuleOutcome>('rules', passed);
