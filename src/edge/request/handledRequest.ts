import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { LogBatchHeader, LogColumns } from '../../contract/logBatch.ts';
import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import { edgePathPrefix } from '../../contract/trace.ts';
import type { RequestHead } from '../../http/index.ts';
import { type ListedAddress, unlisted } from '../../lists/index.ts';
import type { RuleOutcome } from '../../rules/index.ts';
import type { ActiveSet } from '../activeSet/activeSet.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Judgement } from '../log/judgement.ts';
import { botsSlot } from '../modules/bots/botsSlot.ts';
import { rulesSlot } from '../modules/rules/rulesSlot.ts';
import { shadowSlot } from '../modules/shadow/shadowSlot.ts';
import type { OnItsWay } from '../pipeline/headRunner.ts';
import type { SitePath } from '../pipeline/sitePath.ts';
import { read } from '../pipeline/slot.ts';
import type { Step, Waiting } from '../pipeline/step.ts';
import type { OriginGroup } from '../upstream/originGroup.ts';
import type { BrokenBy, ForwardedRequest } from './forwarding.ts';

/** What a request meets everything with; all requests that are handled together share it. */
export interface HandledWith {
  readonly set: ActiveSet;
  readonly logHeader: LogBatchHeader;
  /** What every slot holds before its module has looked at the request. */
  readonly slots: readonly unknown[];
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
  onStep(request: HandledRequest, step: Exclude<Step, Waiting>, place: number): void;
  onBroken(request: HandledRequest, by: BrokenBy): void;
}

/** What is known of an answer while and after it goes out. */
export interface AnswerOnItsWay {
  /** Of its body, handed over to the visitor so far. */
  readonly answerBytes: number;
  /** The origin's answer sets a cookie. */
  readonly setsCookie?: boolean;
}

/** The visitor left before it was answered; nginx's word for it, used in the log alone. */
const visitorLeft = 499;

/** One request from its head to its log record: what was found, what was judged, how it was answered. */
export class HandledRequest implements OnItsWay, Judgement, ForwardedRequest {
  readonly exchange: Exchange;
  readonly head: RequestHead;
  readonly site: ReadySite | undefined;
  /** Its origins as they were when it came, however long it waits; undefined: it has no site. */
  readonly group: OriginGroup | undefined;
  readonly set: ActiveSet;
  readonly path: SitePath;
  readonly slots: unknown[];
  readonly logHeader: LogBatchHeader;
  readonly startedMs: number;
  readonly startedWallMs: number;
  readonly address: ListedAddress;
  columns: LogColumns | undefined;
  step: Step | undefined;
  isClosed = false;
  headsPassed = 0;
  /** The answer on its way from an origin or a copy; undefined: the edge answers itself. */
  answer: AnswerOnItsWay | undefined;
  /** What the visitor was answered. */
  status = visitorLeft;
  /** It was answered or left; it is in the log by the end of the turn, and what it held may serve others then. */
  isOver = false;
  readonly #owner: HandledRequestOwner;

  constructor(
    owner: HandledRequestOwner,
    exchange: Exchange,
    site: ReadySite | undefined,
    group: OriginGroup | undefined,
    shared: HandledWith,
  ) {
    this.group = group;
    this.#owner = owner;
    this.exchange = exchange;
    this.head = exchange.head;
    this.site = site;
    this.set = shared.set;
    this.path = shared.set.paths.of(site);
    this.slots = shared.slots.slice();
    this.logHeader = shared.logHeader;
    this.startedMs = shared.startedMs;
    this.startedWallMs = shared.startedWallMs;
    const { lists } = shared.set;
    this.address = lists === undefined ? unlisted : lists.of(exchange.head.clientAddress);
  }

  get connection(): ConnectionFacts {
    return this.exchange.connection;
  }

  get hasBody(): boolean {
    return this.exchange.body !== null;
  }

  get isForEdge(): boolean {
    return this.head.target.startsWith(edgePathPrefix);
  }

  get verdict(): BotVerdict {
    return read(this, botsSlot).verdict;
  }

  get outcome(): RuleOutcome {
    return read(this, rulesSlot);
  }

  get shadowScore(): number | null {
    return read(this, shadowSlot);
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

  onStep(step: Exclude<Step, Waiting>, place: number): void {
    this.#owner.onStep(this, step, place);
  }

  onBroken(by: BrokenBy): void {
    this.#owner.onBroken(this, by);
  }
}
