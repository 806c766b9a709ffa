import { ClientWindows } from '../../bots/index.ts';
import type { LogBatchHeader } from '../../contract/logBatch.ts';
import { edgePathPrefix, tracePath } from '../../contract/trace.ts';
import { bodyLimits, headLimits, type RequestHead } from '../../http/index.ts';
import { assert } from '../../kernel/assert.ts';
import type { Clock } from '../../kernel/clock.ts';
import { systemRandom } from '../../kernel/random.ts';
import type { BotVerifier } from '../../verified/index.ts';
import { type ActiveSet, emptyActiveSet } from '../activeSet/activeSet.ts';
import type { ReadySite } from '../activeSet/siteTable.ts';
import type { Counters } from '../counts/counters.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import type { LatencyHistogram } from '../counts/latencyHistogram.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { answerRedirect, answerText } from '../exchange/ownAnswer.ts';
import { isUpstreamFailure, type OwnError, ownErrors, rejections } from '../exchange/reasons.ts';
import type { AccessLog } from '../log/accessLog.ts';
import { logRecordOf } from '../log/logRecordOf.ts';
import type { LogSender } from '../log/logSender.ts';
import type { Overload } from '../overload/index.ts';
import { type Guard, ModuleRefusal } from '../pipeline/module.ts';
import type { Deadlines } from '../sockets/deadlines.ts';
import type { AtTurnEnd, TurnStep, Turns } from '../sockets/turns.ts';
import type { Origins } from '../upstream/origins.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { Forwarding, type ForwardingTimes } from './forwarding.ts';
import { HandledRequest, type HandledRequestOwner, type HandledWith } from './handledRequest.ts';
import type { HeadSampler } from './headSampler.ts';
import { judgeAll } from './judgement.ts';
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
  readonly verifier: BotVerifier;
  /** Has the names of addresses looked up; the answers come to the verifier later. */
  readonly askNames: (addresses: readonly string[]) => void;
  readonly times?: ForwardingTimes;
}

/** The answer's status when the connection becomes a tunnel. */
const switching = 101;
/** Requests that are judged together, so that what each step reads stays in the processor's caches. */
const handledTogetherMax = 64;

/**
 * The life of a request: find the site, ask the modules, then answer, refuse or forward, then log. What a turn of the event
 * loop brings is handled at its end, step by step for all of it (`Turns`). An error in one request ends that request.
 */
export class RequestHandler implements AtTurnEnd, HandledRequestOwner {
  readonly #ports: RequestHandlerPorts;
  /** What the clients did, here and at the workers beside this one. */
  readonly windows = new ClientWindows({ seed: Math.floor(systemRandom.next() * 2 ** 32) });
  #active: ActiveSet = emptyActiveSet;
  #logHeader: LogBatchHeader;
  /** Read in this turn. */
  readonly #waiting: Exchange[] = [];
  /** Over since the last turn, and not in the log yet. */
  readonly #concluding: HandledRequest[] = [];

  constructor(ports: RequestHandlerPorts) {
    this.#ports = ports;
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
    else if (this.#waiting.push(exchange) === 1) this.#ports.turns.add('handle', this);
  }

  onTurnEnd(step: TurnStep): void {
    if (step === 'conclude') {
      this.#concludeAll(this.#concluding.splice(0));
      return;
    }
    while (this.#waiting.length > 0) this.#handleAll(this.#waiting.splice(0, handledTogetherMax));
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
    this.#answerError(request.exchange, error, request.site);
    this.#ports.counters.forwarding -= 1;
    this.#conclude(request, ownErrors[error].status);
  }

  onBroken(request: HandledRequest, by: 'visitor' | 'origin'): void {
    this.#ports.counters.broken[by] += 1;
    this.onEnded(request);
  }

  #handleAll(exchanges: readonly Exchange[]): void {
    const startedMs = this.#ports.clock.monotonicMs();
    const startedWallMs = this.#ports.clock.wallMs();
    const { verifier } = this.#ports;
    const active = { set: this.#active, logHeader: this.#logHeader };
    const shared = { ...active, windows: this.windows, verifier, startedMs, startedWallMs };
    const requests: HandledRequest[] = [];
    for (const exchange of exchanges) {
      try {
        const request = this.#take(exchange, shared);
        if (request !== undefined) requests.push(request);
      } catch (error) {
        this.#fail(exchange, error);
      }
    }
    judgeAll(requests, this.#ports.guard);
    if (verifier.hasAsks) this.#ports.askNames(verifier.takeAsks());
    for (const request of requests) {
      try {
        if (request.failure !== undefined) throw request.failure;
        this.#answer(request);
      } catch (error) {
        this.#fail(request.exchange, error);
      }
    }
  }

  #fail(exchange: Exchange, error: unknown): void {
    const reason = error instanceof ModuleRefusal ? 'module-refused' : 'internal';
    // The guard has reported what a module did.
    if (reason === 'internal') this.#ports.reports.add('request', error);
    this.#answerError(exchange, reason);
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
    return new HandledRequest(this, exchange, site, shared);
  }

  #answer(request: HandledRequest): void {
    const { exchange, head, outcome, site } = request;
    if (head.target.startsWith(edgePathPrefix)) {
      answerText(exchange, 200, traceText(this.#ports.identity, head, exchange.connection, request), null);
      this.#conclude(request, 200);
    } else if (outcome.action === 'block') {
      this.#ports.counters.refusals += 1;
      answerText(exchange, outcome.status, outcome.body, 'blocked');
      this.#conclude(request, outcome.status);
    } else if (!this.#isAnsweredFor(request, site!)) this.#forward(request, site!);
  }

  #forward(request: HandledRequest, { edits, name, settings }: ReadySite): void {
    const { counters, deadlines, origins, times, upstream } = this.#ports;
    const { exchange, verdict } = request;
    const forwarding = new Forwarding(exchange, upstream, deadlines, times, request);
    request.forwarding = forwarding;
    forwarding.start(origins.groupOf(name)!, edits, settings.limits.bodyBytesMax, verdict);
    // It may be over already, and was subtracted then.
    counters.forwarding += 1;
  }

  /** What a site answers itself, behind its rules: redirects, and what is larger than it takes. */
  #isAnsweredFor(request: HandledRequest, site: ReadySite): boolean {
    const { exchange, head } = request;
    const target = site.edits.redirects?.find(head.path, head.query);
    if (target !== undefined) {
      answerRedirect(exchange, target);
      this.#conclude(request, target.status);
      return true;
    }
    const fault = sizeFault(head, site);
    if (fault === undefined) return false;
    this.#answerError(exchange, fault, site);
    this.#conclude(request, ownErrors[fault].status);
    return true;
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

  /** Never throws: what cannot be answered any more is cut off. */
  #answerError(exchange: Exchange, error: OwnError, site?: ReadySite): void {
    const { counters } = this.#ports;
    const { status, says } = ownErrors[error];
    counters.errors[error] = (counters.errors[error] ?? 0) + 1;
    if (isUpstreamFailure(error)) counters.upstreamFailures += 1;
    // Too much to do is no bundle's doing, and must not take one back.
    else if (status >= 500 && error !== 'overloaded') counters.status5xxOwn += 1;
    try {
      const page = site?.edits.errorPages.get(status);
      if (page === undefined) answerText(exchange, status, `${says}\n`, error);
      else answerText(exchange, status, page.body.toString(), error, page.contentType);
    } catch {
      exchange.abort();
    }
  }

  #conclude(request: HandledRequest, status: number): void {
    request.status = status;
    if (this.#concluding.push(request) === 1) this.#ports.turns.add('conclude', this);
  }

  #concludeAll(requests: readonly HandledRequest[]): void {
    const { clock, reports } = this.#ports;
    const now = { ms: clock.monotonicMs(), wallMs: clock.wallMs() };
    for (const request of requests) {
      try {
        this.#record(request, now);
      } catch (error) {
        reports.add('log', error);
      }
    }
  }

  /** Into windows, counters and logs; what the request holds serves other ones behind that. */
  #record(request: HandledRequest, now: { readonly ms: number; readonly wallMs: number }): void {
    const { access, counters, log } = this.#ports;
    const { head, logHeader, startedMs, status, verdict } = request;
    assert(!request.isOver, 'a request is over once');
    request.isOver = true;
    if (verdict.kind === 'scored') {
      const setsCookie = request.forwarding?.setsCookie === true;
      this.windows.recordAnswer(head, { status, setsCookie }, now.ms, request.seat);
    }
    counters.scores.add(verdict, request.shadowScore);
    const durationMs = now.ms - startedMs;
    const atMs = now.wallMs - durationMs;
    if (log.isWanted) log.add(logHeader, logRecordOf(head, request, status, atMs, durationMs));
    if (access !== undefined) {
      const bytes = request.forwarding?.answerBytes ?? null;
      access.add({ head, judgement: request, status, bytes, atMs, durationMs });
    }
    request.set.judge.release(verdict);
  }
}

/** What a site does not take of a request, as far as its head tells. */
function sizeFault(head: RequestHead, { settings }: ReadySite): OwnError | undefined {
  const { bodyBytesMax, headBytesMax } = settings.limits;
  // The usual bounds are those that the codec has applied already.
  if (bodyBytesMax < bodyLimits.bodyBytesMax && Number(head.headers['content-length'] ?? 0) > bodyBytesMax) {
    return 'body-too-large';
  }
  if (headBytesMax >= headLimits.headBytesMax) return undefined;
  const startLineBytes = head.target.length + head.method.length + 12;
  const bytes = head.rawHeaders.reduce((sum, part) => sum + part.length + 2, startLineBytes);
  return bytes > headBytesMax ? 'head-too-large' : undefined;
}

function logHeaderOf(identity: EdgeIdentity, set: ActiveSet): LogBatchHeader {
  return { ...identity, versions: set.versions, featureNames: set.featureNames };
}
