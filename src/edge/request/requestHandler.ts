import type { LogBatchHeader, LogColumns } from '../../contract/logBatch.ts';
import { isUpstreamFailure, type OwnError, ownErrors, rejections } from '../../contract/reasons/answerReasons.ts';
import { edgePathPrefix, tracePath } from '../../contract/trace.ts';
import type { FieldLines } from '../../http/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type ActiveSet, emptyActiveSet } from '../activeSet/activeSet.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';
import type { Counters } from '../counts/counters.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import type { LatencyHistogram } from '../counts/latencyHistogram.ts';
import type { BodySource } from '../exchange/bodies.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { edgeLimits } from '../exchange/limits.ts';
import { answerText } from '../exchange/ownAnswer.ts';
import type { AccessLog } from '../log/accessLog.ts';
import { logRecordOf } from '../log/logRecordOf.ts';
import type { LogSender } from '../log/logSender.ts';
import type { Overload } from '../overload/index.ts';
import { type Guard, NoAnswer, type OnPath } from '../pipeline/guard.ts';
import { HeadRunner } from '../pipeline/headRunner.ts';
import type { Answered, Module } from '../pipeline/module.ts';
import { closedAnswer, shapeAnswer } from '../pipeline/shapeAnswer.ts';
import { placeOf } from '../pipeline/sitePath.ts';
import { untouchedSlots } from '../pipeline/slot.ts';
import { type Declining, isDeclining, isStep, type Step, type Waiting as WaitingStep } from '../pipeline/step.ts';
import type { Deadlines } from '../sockets/deadlines.ts';
import type { AtTurnEnd, TurnStep, Turns } from '../sockets/turns.ts';
import type { Origins } from '../upstream/origins.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { askForBody, type PiecesOnPath, type WholeOnPath } from './bodyWatches.ts';
import { CopyAnswer } from './copyAnswer.ts';
import { type BrokenBy, Forwarding, type ForwardingTimes } from './forwarding.ts';
import { GatheredBody } from './gatheredBody.ts';
import { HandledRequest, type HandledRequestOwner, type HandledWith } from './handledRequest.ts';
import type { HeadSampler } from './headSampler.ts';
import { ParkedRequest } from './parkedRequest.ts';
import { traceText } from './traceAnswer.ts';

/** What a request handler works with; made once per worker. */
export interface RequestHandlerPorts {
  readonly identity: EdgeIdentity;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly upstream: Upstream;
  readonly origins: Origins;
  readonly overload: Overload;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly log: LogSender;
  /** undefined: nobody wants one. */
  readonly access?: AccessLog | undefined;
  readonly reports: ErrorReports;
  readonly counters: Counters;
  readonly latency: LatencyHistogram;
  readonly samples: HeadSampler;
  /** In their order. */
  readonly modules: readonly Module[];
  readonly times?: ForwardingTimes;
}

/** The answer's status when the connection becomes a tunnel. */
const switching = 101;
/** Requests that are judged together, so that what each step reads stays in the processor's caches. */
const handledTogetherMax = 64;

/** What a request that was parked is told when it goes on. */
type Resumption = Exclude<Step, WaitingStep> | 'failed' | undefined;

/**
 * The life of a request: find the site, ask the site's modules, then answer, decline, wait or forward, then log. What a turn of the event
 * loop brings is handled at its end, step by step for all of it (`Turns`). An error in one request ends that request.
 */
export class RequestHandler implements AtTurnEnd, HandledRequestOwner {
  readonly #ports: RequestHandlerPorts;
  readonly #heads: HeadRunner;
  readonly #slots: readonly unknown[];
  /** Modules that declare columns of the log. */
  readonly #withColumns: readonly Module[];
  #active: ActiveSet = emptyActiveSet;
  #logHeader: LogBatchHeader;
  /** Read in this turn. */
  readonly #waiting: Exchange[] = [];
  /** Parked no longer; they go on in this turn. */
  readonly #resumed: HandledRequest[] = [];
  #parked = 0;
  /** Bodies that modules want whole, and that are not yet. */
  #held = 0;
  /** Lent to modules, one request after the other. */
  readonly #answered: { -readonly [Key in keyof Answered]: Answered[Key] } = { status: 0, setsCookie: false, nowMs: 0 };
  /** Over since the last turn, and not in the log yet. */
  readonly #concluding: HandledRequest[] = [];

  constructor(ports: RequestHandlerPorts) {
    this.#ports = ports;
    this.#heads = new HeadRunner(ports.guard, ports.modules);
    this.#slots = untouchedSlots(ports.modules);
    this.#withColumns = ports.modules.filter(({ declaration }) => declaration.columns !== undefined);
    this.#logHeader = logHeaderOf(ports.identity, emptyActiveSet);
  }

  get active(): ActiveSet {
    return this.#active;
  }

  /** Swaps one reference: requests under way keep what they started with. */
  activate(set: ActiveSet): void {
    this.#logHeader = logHeaderOf(this.#ports.identity, set);
    this.#ports.origins.update(set.sites?.sites.map(({ settings }) => settings) ?? []);
    this.#active = set;
  }

  /** Takes a request; it is handled before the turn is over. */
  handle(exchange: Exchange): void {
    this.#ports.counters.requests += 1;
    // A body goes on arriving, and would have to be put aside until then.
    if (exchange.body !== null) this.#handleAll([exchange]);
    else if (this.#waiting.push(exchange) + this.#resumed.length === 1) this.#ports.turns.add('handle', this);
  }

  onTurnEnd(step: TurnStep): void {
    if (step === 'conclude') {
      this.#concludeAll(this.#concluding.splice(0));
      return;
    }
    while (this.#waiting.length > 0) this.#handleAll(this.#waiting.splice(0, handledTogetherMax));
    while (this.#resumed.length > 0) this.#goOnAll(this.#resumed.splice(0, handledTogetherMax));
  }

  // Told by requests that were forwarded.

  onAnswered({ startedMs, status }: HandledRequest): void {
    const { clock, counters, latency } = this.#ports;
    if (status === switching) counters.tunnels += 1;
    latency.record(clock.monotonicMs() - startedMs);
  }

  onEnded(request: HandledRequest): void {
    const { counters } = this.#ports;
    counters.forwarding -= 1;
    if (request.status === switching) counters.tunnels -= 1;
    this.#conclude(request, request.status);
  }

  onFailed(request: HandledRequest, error: OwnError, cause: string): void {
    this.#ports.reports.add(error, cause);
    this.#ports.counters.forwarding -= 1;
    this.#decline(request, error);
  }

  onStep(request: HandledRequest, step: Exclude<Step, WaitingStep>, place: number): void {
    this.#ports.counters.forwarding -= 1;
    this.#carryOut(request, step, place);
  }

  onBroken(request: HandledRequest, by: BrokenBy): void {
    this.#ports.counters.broken[by] += 1;
    this.onEnded(request);
  }

  #handleAll(exchanges: readonly Exchange[]): void {
    const { clock } = this.#ports;
    const active = { set: this.#active, logHeader: this.#logHeader, slots: this.#slots };
    const shared = { ...active, startedMs: clock.monotonicMs(), startedWallMs: clock.wallMs() };
    const requests: HandledRequest[] = [];
    for (const exchange of exchanges) {
      try {
        const request = this.#take(exchange, shared);
        if (request !== undefined) requests.push(request);
      } catch (error) {
        this.#fail(exchange, error);
      }
    }
    this.#goOnAll(requests);
  }

  /** Through what they have before them of their sites' modules, and on. */
  #goOnAll(requests: readonly HandledRequest[]): void {
    this.#heads.run(requests);
    for (const request of requests) {
      try {
        this.#goOn(request);
      } catch (error) {
        this.#failRequest(request, error);
      }
    }
  }

  #fail(exchange: Exchange, error: unknown): void {
    this.#ports.reports.add('request', error);
    this.#answerError(exchange, 'internal');
  }

  /** The same of a request that was taken: it is logged like every other one. */
  #failRequest(request: HandledRequest, error: unknown): void {
    this.#ports.reports.add('request', error);
    if (!request.isOver) this.#decline(request, 'internal');
  }

  /** What is to be judged; undefined: it is answered already. */
  #take(exchange: Exchange, shared: HandledWith): HandledRequest | undefined {
    const { head } = exchange;
    const { overload, samples } = this.#ports;
    const { set, startedMs } = shared;
    if (overload.sheds('request')) {
      this.#answerError(exchange, 'overloaded');
      return undefined;
    }
    const isForEdge = head.target.startsWith(edgePathPrefix);
    const site = set.sites?.find(head.host);
    if (isForEdge && !this.#isTrace(exchange)) return undefined;
    if (!isForEdge && site === undefined) {
      this.#answerWithoutSite(exchange, set);
      return undefined;
    }
    samples.offer(head, startedMs);
    const group = site === undefined ? undefined : this.#ports.origins.groupOf(site.name);
    return new HandledRequest(this, exchange, site, group, shared);
  }

  /** Behind the modules' heads: whichever stopped it, or on to the origin. */
  #goOn(request: HandledRequest): void {
    const { step } = request;
    if (request.isForEdge) this.#trace(request);
    else if (request.isClosed) this.#decline(request, 'module-closed');
    else if (step === undefined) this.#askForBody(request);
    else {
      const on = request.path.head[request.headsPassed - 1]!;
      request.step = undefined;
      if (step.kind === 'wait') this.#park(request, on, step, () => this.#resume(request));
      else this.#carryOut(request, step, placeOf(on.module));
    }
  }

  /** Whatever modules would do with it: it only tells what they said. */
  #trace(request: HandledRequest): void {
    while (request.step?.kind === 'wait') {
      request.step = undefined;
      this.#heads.run([request]);
    }
    const { guard, identity, modules } = this.#ports;
    answerText(request.exchange, 200, traceText(identity, request, modules, guard), null);
    this.#conclude(request, 200);
  }

  /** `place`: where the module stands that said it. */
  #carryOut(request: HandledRequest, step: Exclude<Step, WaitingStep>, place: number): void {
    if (step.kind === 'decline') {
      this.#decline(request, step.why, step.fields);
      return;
    }
    const { head, body, why } = step;
    if (why !== null) this.#count(why);
    if (typeof body !== 'string') this.#giveCopy(request, step, body, place);
    else {
      request.exchange.respondWhole(head, body);
      this.#conclude(request, head.status);
    }
  }

  /** A module's copy of an answer: it passes those that stand before the module as an origin's answer passes all. */
  #giveCopy(
    request: HandledRequest,
    { head, isCopy }: Exclude<Step, WaitingStep | Declining>,
    body: BodySource,
    place: number,
  ): void {
    const { deadlines, guard, times } = this.#ports;
    const copy: CopyAnswer = new CopyAnswer(request.exchange, deadlines, (times ?? edgeLimits).bodyIdleMs, {
      onComplete: () => this.#conclude(request, head.status),
      onBroken: (by) => {
        this.#ports.counters.broken[by] += 1;
        this.#conclude(request, head.status);
      },
    });
    const shaped =
      isCopy === true ? shapeAnswer(guard, request.path, request, copy, head, place) : { head, chain: undefined };
    if (shaped === closedAnswer) {
      body.discard();
      this.#decline(request, 'module-closed');
      return;
    }
    request.answer = copy;
    copy.start(shaped, body);
  }

  /** Asks who wants to see the body, and holds it where somebody wants it whole. */
  #askForBody(request: HandledRequest): void {
    const { guard } = this.#ports;
    const watches = askForBody(guard, request.path, request);
    if (watches === undefined) this.#decline(request, 'module-closed');
    else if (watches.whole.length === 0) this.#serve(request, request.exchange.body, watches.pieces);
    else this.#hold(request, watches.whole, watches.pieces);
  }

  #hold(request: HandledRequest, whole: readonly WholeOnPath[], pieces: readonly PiecesOnPath[]): void {
    const { deadlines, times } = this.#ports;
    const { exchange } = request;
    if (this.#held >= edgeLimits.heldBodiesMax) {
      this.#decline(request, 'overloaded');
      return;
    }
    this.#held += 1;
    const bytesMax = Math.min(edgeLimits.heldBodyBytesMax, Math.max(...whole.map(({ watch }) => watch.bytesMax)));
    const held: GatheredBody = new GatheredBody(exchange.body!, bytesMax, deadlines, (times ?? edgeLimits).bodyIdleMs, {
      onWhole: (body) => {
        this.#held -= 1;
        const seen = this.#declineOf(whole, ({ bytesMax }) => (body.length > bytesMax ? undefined : body));
        this.#onSeen(request, seen, held, pieces);
      },
      onTooLong: () => {
        this.#held -= 1;
        const seen = this.#declineOf(whole, () => undefined);
        this.#onSeen(request, seen, held, pieces);
      },
      onSilent: () => {
        this.#held -= 1;
        this.#decline(request, 'body-timeout');
      },
      // The visitor left in the middle; its connection tells that, too.
      onFailure: () => {
        this.#held -= 1;
        exchange.abort();
      },
    });
    let hasLeft = false;
    exchange.onAbandoned(() => {
      hasLeft = true;
      if (held.stop()) this.#held -= 1;
      if (!request.isOver) this.#conclude(request, request.status);
    });
    if (hasLeft) return;
    if (exchange.expectsContinue) exchange.sendContinue();
    held.start();
  }

  /** Behind what the modules said of the body: on to the origin, or not. */
  #onSeen(
    request: HandledRequest,
    seen: Declining | 'closed' | undefined,
    held: GatheredBody,
    pieces: readonly PiecesOnPath[],
  ): void {
    try {
      if (seen === undefined) this.#serve(request, held, pieces);
      else if (seen === 'closed') this.#decline(request, 'module-closed');
      else this.#decline(request, seen.why, seen.fields);
    } catch (error) {
      this.#failRequest(request, error);
    }
  }

  /** What the modules say of a body that they see whole, or that is too long for them; undefined: it may go on. */
  #declineOf(
    whole: readonly WholeOnPath[],
    bodyFor: (watch: WholeOnPath['watch']) => Buffer | undefined,
  ): Declining | 'closed' | undefined {
    for (const { on, watch } of whole) {
      let declining: Declining | undefined;
      const body = bodyFor(watch);
      const hasFailed = this.#ports.guard.attempt(on, body === undefined ? 'onTooLong' : 'onWhole', () => {
        declining = body === undefined ? watch.onTooLong() : watch.onWhole(body);
        if (declining !== undefined && !isDeclining(declining, on.reasons)) throw new TypeError('its answer is none');
      });
      if (hasFailed && on.failure.before === 'closed') return 'closed';
      if (!hasFailed && declining !== undefined) return declining;
    }
    return undefined;
  }

  /** A module may answer in the origin's stead. */
  #serve(request: HandledRequest, body: BodySource | null, pieces: readonly PiecesOnPath[]): void {
    const { serve } = request.path;
    if (serve === undefined) {
      this.#forward(request, body, pieces);
      return;
    }
    const forward = () => this.#forward(request, body, pieces);
    const { guard } = this.#ports;
    const step = guard.call(serve, serve.steps, serve.steps.serve, request, undefined, isStepOrNothing);
    if (step instanceof NoAnswer) {
      this.#onServeFailed(request, serve, forward);
    } else if (step === undefined) forward();
    else if (step.kind !== 'wait') this.#carryOut(request, step, placeOf(serve.module));
    else this.#park(request, serve, step, forward);
  }

  #onServeFailed(request: HandledRequest, { failure, module, steps }: OnPath, forward: () => void): void {
    const last = failure.before === 'stale' ? this.#ports.guard.lastAnswer(module, steps!, request) : undefined;
    if (failure.before === 'closed') this.#decline(request, 'module-closed');
    else if (last !== undefined) this.#carryOut(request, last, placeOf(module));
    else forward();
  }

  #forward(request: HandledRequest, body: BodySource | null, pieces: readonly PiecesOnPath[]): void {
    const { counters } = this.#ports;
    const forwarding = new Forwarding(this.#ports, request, body, pieces);
    request.answer = forwarding;
    // Before it starts: it may be over at once, and is subtracted then.
    counters.forwarding += 1;
    forwarding.start(request.group!);
  }

  /** Until the module resumes it, its time is over or its visitor leaves. `goOn`: what follows when it passes. */
  #park(request: HandledRequest, on: OnPath, step: WaitingStep, goOn: () => void): void {
    const { deadlines, guard } = this.#ports;
    if (this.#parked >= edgeLimits.parkedMax) {
      this.#decline(request, 'overloaded');
      return;
    }
    this.#parked += 1;
    const parked = new ParkedRequest(guard, on, deadlines, (word) => {
      this.#parked -= 1;
      request.exchange.onAbandoned(() => {});
      this.#onResumed(request, on, word, goOn);
    });
    let hasLeft = false;
    request.exchange.onAbandoned(() => {
      hasLeft = true;
      parked.leave();
      this.#parked -= 1;
      this.#conclude(request, request.status);
    });
    if (!hasLeft) parked.start(step);
  }

  #onResumed(request: HandledRequest, on: OnPath, word: Resumption, goOn: () => void): void {
    try {
      if (word === undefined) goOn();
      else if (word !== 'failed') this.#carryOut(request, word, placeOf(on.module));
      else this.#onWaitFailed(request, on, goOn);
    } catch (error) {
      this.#failRequest(request, error);
    }
  }

  #onWaitFailed(request: HandledRequest, on: OnPath, goOn: () => void): void {
    const { module, failure, steps } = on;
    this.#ports.guard.neutral(module, request, 'module-failed');
    const last = failure.before === 'stale' ? this.#ports.guard.lastAnswer(module, steps!, request) : undefined;
    if (failure.before === 'closed') this.#decline(request, 'module-closed');
    else if (last !== undefined) this.#carryOut(request, last, placeOf(module));
    else goOn();
  }

  /** Behind the module that it waited at, in this turn or the next. */
  #resume(request: HandledRequest): void {
    if (this.#resumed.push(request) + this.#waiting.length === 1) this.#ports.turns.add('handle', this);
  }

  /** Whether the trace is asked for; whatever else is asked of the edge itself is answered here. */
  #isTrace(exchange: Exchange): boolean {
    const { method, path } = exchange.head;
    if (path !== tracePath) this.#answerError(exchange, 'not-found');
    else if (method !== 'GET' && method !== 'HEAD') this.#answerError(exchange, 'method-not-allowed');
    else return true;
    return false;
  }

  #answerWithoutSite(exchange: Exchange, set: ActiveSet): void {
    if (set.sites === undefined) {
      this.#answerError(exchange, 'no-sites');
      return;
    }
    this.#ports.counters.rejected['host-unknown'] += 1;
    const { status, says } = rejections['host-unknown'];
    answerText(exchange, status, `${says}\n`, 'host-unknown');
  }

  /** Answers in the site's stead, and that was it. */
  #decline(request: HandledRequest, why: OwnError, fields?: FieldLines): void {
    this.#answerError(request.exchange, why, request.site, fields);
    this.#conclude(request, statusOf(why));
  }

  #count(why: OwnError): void {
    const { counters } = this.#ports;
    if (ownErrors[why].isWished === true) {
      counters.refusals += 1;
      return;
    }
    counters.errors[why] = (counters.errors[why] ?? 0) + 1;
    if (isUpstreamFailure(why)) counters.upstreamFailures += 1;
    // Too much to do is no bundle's doing, and must not take one back.
    else if (statusOf(why) >= 500 && why !== 'overloaded') counters.status5xxOwn += 1;
  }

  /** Never throws: what cannot be answered any more is cut off. */
  #answerError(exchange: Exchange, error: OwnError, site?: ReadySite, fields?: FieldLines): void {
    const { says } = ownErrors[error];
    const status = statusOf(error);
    this.#count(error);
    try {
      const page = site?.errorPages.get(status);
      if (page === undefined) answerText(exchange, status, `${says}\n`, error, undefined, fields);
      else answerText(exchange, status, page.body.toString(), error, page.contentType, fields);
    } catch {
      exchange.abort();
    }
  }

  #conclude(request: HandledRequest, status: number): void {
    if (request.isOver) {
      // Our own mistake, and no reason to count it twice.
      this.#ports.reports.add('request', new Error('a request was concluded twice'));
      return;
    }
    request.isOver = true;
    request.status = status;
    if (this.#concluding.push(request) === 1) this.#ports.turns.add('conclude', this);
  }

  /** First the modules that look on, in a row, then counters and logs. */
  #concludeAll(requests: readonly HandledRequest[]): void {
    const { clock, guard, reports } = this.#ports;
    const now = { ms: clock.monotonicMs(), wallMs: clock.wallMs() };
    guard.inARow(() => {
      for (const request of requests) this.#tellModules(request, now.ms);
    });
    for (const request of requests) {
      try {
        this.#record(request, now);
      } catch (error) {
        reports.add('log', error);
      }
    }
  }

  #tellModules(request: HandledRequest, nowMs: number): void {
    const { guard } = this.#ports;
    const { path, status } = request;
    if (path.record.length === 0) return;
    const answered = this.#answered;
    answered.status = status;
    answered.setsCookie = request.answer?.setsCookie === true;
    answered.nowMs = nowMs;
    for (const on of path.record) guard.call(on, on.steps, on.steps.record, request, answered);
  }

  /** Into counters and logs; what the request holds serves other ones behind that. */
  #record(request: HandledRequest, now: { readonly ms: number; readonly wallMs: number }): void {
    const { access, counters, log } = this.#ports;
    const { head, logHeader, path, startedMs, status } = request;
    counters.scores.add(request.verdict, request.shadowScore);
    const durationMs = now.ms - startedMs;
    const atMs = now.wallMs - durationMs;
    if (log.isWanted && this.#withColumns.length > 0) request.columns = this.#columnsOf(request);
    if (log.isWanted) log.add(logHeader, logRecordOf(head, request, status, atMs, durationMs));
    if (access !== undefined) {
      const bytes = request.answer?.answerBytes ?? null;
      access.add({ head, judgement: request, status, bytes, atMs, durationMs });
    }
    for (const { module, steps } of path.release) this.#ports.guard.aside(module, () => steps.release(request));
  }

  /** Of those modules alone that left something in their slots. */
  #columnsOf(request: HandledRequest): LogColumns | undefined {
    let columns: Record<string, string | number> | undefined;
    for (const module of this.#withColumns) {
      const { slot } = module;
      if (slot === undefined || request.slots[slot.index] === slot.initial) continue;
      columns = { ...columns, ...this.#ports.guard.aside(module, () => module.columns?.(request)) };
    }
    return columns;
  }
}

/** A reason without a status of its own comes with one; alone it is a 403. */
function statusOf(why: OwnError): number {
  return ownErrors[why].status ?? 403;
}

function isStepOrNothing(answer: unknown, { reasons }: OnPath): boolean {
  return isStep(answer, reasons);
}

function logHeaderOf(identity: EdgeIdentity, set: ActiveSet): LogBatchHeader {
  return { ...identity, versions: set.versions, featureNames: set.featureNames };
}
