import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { RuleOutcome } from '../../rules/index.ts';
import type { ActiveSet } from './activeSet.ts';
import type { ReadySite } from './siteTable.ts';

/** What the modules said of one request, and the set that they said it with. */
export interface Judgement {
  readonly set: ActiveSet;
  readonly site: ReadySite | undefined;
  /** What lists say of the visitor's address, when somebody asks. */
  readonly address: ListedAddress;
  readonly verdict: BotVerdict;
  readonly outcome: RuleOutcome;
  /** What the shadow model would have scored; null: there is none, or it failed. Nothing acts on it. */
  readonly shadowScore: number | null;
}
