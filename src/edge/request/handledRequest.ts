import { type ClientWindows, noSeat } from '../../bots/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { LogBatchHeader } from '../../contract/logBatch.ts';
import type { BotIdentity } from '../../contract/verifiedBots.ts';
import type { RequestHead } from '../../http/index.ts';
import { type ListedAddress, unlisted } from '../../lists/index.ts';
import type { RuleOutcome } from '../../rules/index.ts';
import type { BotVerifier } from '../../verified/index.ts';
import type { ActiveSet } from '../activeSet/activeSet.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { OwnError } from '../exchange/reasons.ts';
import { passed } from '../modules/rules/rules.ts';
import { nobodyLooked } from '../modules/verify/verify.ts';
import type { Forwarding, ForwardingEvents } from './forwarding.ts';
import type { ToJudge } from './judgement.ts';

/** What a request meets everything with; all requests that are handled together share it. */
export interface HandledWith {
  readonly set: ActiveSet;
  readonly logHeader: LogBatchHeader;
  readonly windows: ClientWindows;
  readonly verifier: BotVerifier;
  /** On the monotonic clock. */
  readonly startedMs: number;
  /** The same moment since 1970. */
  readonly startedWallMs: number;
}

/** Told of a request by its forwarding; see `ForwardingEvents`. */
export interface HandledRequestOwner {
  onAnswered(request: HandledRequest): void;
  onEnded(request: HandledRequest): void;
  onFailed(request: HandledRequest, error: OwnError, cause: string): void;
  onBroken(request: HandledRequest, by: 'visitor' | 'origin'): void;
}

/** The visitor left before it was answered; nginx's word for it, used in the log alone. */
const visitorLeft = 499;

const notAsked: BotVerdict = { kind: 'absent', reason: 'no-features' };

/** One request from its head to its log record: what was found, what was judged, how it was answered. */
export class HandledRequest implements ToJudge, ForwardingEvents {
  readonly exchange: Exchange;
  readonly head: RequestHead;
  readonly site: ReadySite | undefined;
  readonly set: ActiveSet;
  readonly logHeader: LogBatchHeader;
  readonly windows: ClientWindows;
  readonly verifier: BotVerifier;
  readonly startedMs: number;
  readonly startedWallMs: number;
  readonly address: ListedAddress;
  identity: BotIdentity = nobodyLooked;
  verdict = notAsked;
  outcome: RuleOutcome = passed;
  shadowScore: number | null = null;
  seat: number = noSeat;
  failure: unknown;
  /** undefined: the edge answers itself. */
  forwarding: Forwarding | undefined;
  /** What the visitor was answered. */
  status = visitorLeft;
  /** It is in the log, and what it held may serve others. */
  isOver = false;
  readonly #owner: HandledRequestOwner;

  constructor(owner: HandledRequestOwner, exchange: Exchange, site: ReadySite | undefined, shared: HandledWith) {
    this.#owner = owner;
    this.exchange = exchange;
    this.head = exchange.head;
    this.site = site;
    this.set = shared.set;
    this.logHeader = shared.logHeader;
    this.windows = shared.windows;
    this.verifier = shared.verifier;
    this.startedMs = shared.startedMs;
    this.startedWallMs = shared.startedWallMs;
    const { lists } = shared.set;
    this.address = lists === undefined ? unlisted : lists.of(exchange.head.clientAddress);
  }

  onAnswered(status: number): void {
    this.status = status;
    this.#owner.onAnswered(this);
  }

  onComplete(): void {
    this.#owner.onEnded(this);
  }

  onFailed(error: OwnError, cause: string): void {
    this.#owner.onFailed(this, error, cause);
  }

  onBroken(by: 'visitor' | 'origin'): void {
    this.#owner.onBroken(this, by);
  }
}
