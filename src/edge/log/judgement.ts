import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { LogColumns } from '../../contract/logBatch.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { RuleOutcome } from '../../rules/index.ts';
import type { ActiveSet } from '../activeSet/activeSet.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';

/** What the logs tell of a request that was judged, and of the set that judged it. */
export interface Judgement {
  readonly set: Pick<ActiveSet, 'shadow'>;
  readonly site: Pick<ReadySite, 'name'> | undefined;
  /** What lists say of the visitor's address, when somebody asks. */
  readonly address: ListedAddress;
  readonly verdict: BotVerdict;
  readonly outcome: RuleOutcome;
  /** What the shadow model would have scored; null: there is none, or it failed. Nothing acts on it. */
  readonly shadowScore: number | null;
  /** What modules say in the columns that they declare; undefined: none says anything. */
  readonly columns?: LogColumns | undefined;
}
