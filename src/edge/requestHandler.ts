import { ClientWindows } from '../bots/index.ts';
import type { LogBatchHeader } from '../contract/logBatch.ts';
import { edgePathPrefix, tracePath } from '../contract/trace.ts';
import { bodyLimits, headLimits, type RequestHead } from '../http/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Counters } from './counters.ts';
import { Forwarding, type ForwardingTimes } from './forwarding.ts';
import { type Judgement, judge } from './judgement.ts';
import type { Exchange } from './listen/exchange.ts';
import type { AccessLog } from './log/accessLog.ts';
import { logRecordOf } from './log/logRecordOf.ts';
import type { LogSender } from './log/logSender.ts';
import type { ErrorReports } from './modules/errorReports.ts';
import { type Guard, ModuleRefusal } from './modules/module.ts';
import type { Overload } from './overload/index.ts';
import { answerRedirect, answerText } from './ownAnswer.ts';
import { isUpstreamFailure, type OwnError, ownErrors, rejections } from './reasons.ts';
import type { Deadlines } from './sockets/deadlines.ts';
import { type EdgeIdentity, traceText } from './traceAnswer.ts';
import type { Origins } from './upstream/origins.ts';
import type { Upstream } from './upstream/upstream.ts';
import { type ActiveSet, emptyActiveSet } from './worker/activeSet.ts';
import type { HeadSampler } from './worker/headSampler.ts';
import type { LatencyHistogram } from './worker/latencyHistogram.ts';
import type { ReadySite } from './worker/siteTable.ts';

/** What a request handler works with; made once per worker. */
export interface RequestHandlerPorts {
  readonly identity: EdgeIdentity;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly upstream: Upstream;
  readonly origins: Origins;
  readonly overload: Overload;
  readonly deadlines: Deadlines;
  readonly log: LogSender;
  /** undefined: nobody wants one. */
  readonly access?: AccessLog | undefined;
  readonly reports: ErrorReports;
  readonly counters: Counters;
  readonly latency: LatencyHistogram;
  readonly samples: HeadSampler;
  readonly times?: ForwardingTimes;
}

/** The visitor left before it was answered; nginx's word for it, used in the log alone. */
const visitorLeft = 499;
/** The answer's status when the connection becomes a tunnel. */
const switching = 101;

/**
 * The life of a request: find the site, ask the modules, then answer, refuse or forward, then log. An error in one request
 * ends that request.
 */
export class RequestHandler {
  readonly #ports: RequestHandlerPorts;
  readonly #windows = new ClientWindows();
  #active: ActiveSet = emptyActiveSet;
  #logHeader: LogBatchHeader;

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

  handle(exchange: Exchange): void {
    const { counters, reports } = this.#ports;
    counters.requests += 1;
    try {
      this.#answer(exchange);
    } catch (error) {
      const reason = error instanceof ModuleRefusal ? 'module-refused' : 'internal';
      // The guard has reported what a module did.
      if (reason === 'internal') reports.add('request', error);
      this.#answerError(exchange, reason);
    }
  }

  #answer(exchange: Exchange): void {
    const { head } = exchange;
    const { clock, counters, guard, overload, samples } = this.#ports;
    const set = this.#active;
    const logHeader = this.#logHeader;
    const startedMs = clock.monotonicMs();
    if (overload.sheds('request')) {
      this.#answerError(exchange, 'overloaded');
      return;
    }
    const isForEdge = head.target.startsWith(edgePathPrefix);
    const site = set.sites?.find(head.host);
    if (isForEdge && !this.#isTrace(exchange)) return;
    if (!isForEdge && site === undefined) {
      this.#answerWithoutSite(exchange, set);
      return;
    }
    samples.offer(head, startedMs);
    const judgement = judge(head, site, set, guard, this.#windows, startedMs);
    const tell = (status: number, bytes: number | null = null) =>
      this.#conclude(exchange, judgement, logHeader, startedMs, status, bytes);
    if (isForEdge) {
      answerText(exchange, 200, traceText(this.#ports.identity, head, exchange.connection, judgement), null);
      tell(200);
    } else if (judgement.outcome.action === 'block') {
      counters.refusals += 1;
      answerText(exchange, judgement.outcome.status, judgement.outcome.body, 'blocked');
      tell(judgement.outcome.status);
    } else if (!this.#isAnsweredFor(exchange, site!, tell)) {
      this.#forward(exchange, site!, judgement, startedMs, tell);
    }
  }

  #forward(
    exchange: Exchange,
    site: ReadySite,
    { verdict }: Judgement,
    startedMs: number,
    tell: (status: number, bytes: number) => void,
  ): void {
    const { clock, counters, deadlines, latency, origins, reports, times, upstream } = this.#ports;
    let status = visitorLeft;
    const end = (said: number) => {
      counters.forwarding -= 1;
      if (status === switching) counters.tunnels -= 1;
      tell(said, forwarding.answerBytes);
    };
    const forwarding = new Forwarding(exchange, upstream, deadlines, times, {
      onAnswered: (answered) => {
        status = answered;
        if (status === switching) counters.tunnels += 1;
        latency.record(clock.monotonicMs() - startedMs);
      },
      onComplete: () => end(status),
      onFailed: (error, cause) => {
        reports.add(error, cause);
        this.#answerError(exchange, error, site);
        end(ownErrors[error].status);
      },
      onBroken: (by) => {
        counters.broken[by] += 1;
        end(status);
      },
    });
    const score = verdict.kind === 'scored' ? verdict.score : null;
    forwarding.start(origins.groupOf(site.name)!, site.edits, site.settings.limits.bodyBytesMax, score);
    // It may be over already, and was subtracted then.
    counters.forwarding += 1;
  }

  /** What a site answers itself, behind its rules: redirects, and what is larger than it takes. */
  #isAnsweredFor(exchange: Exchange, site: ReadySite, tell: (status: number) => void): boolean {
    const { head } = exchange;
    const target = site.edits.redirects?.find(head.path, head.query);
    if (target !== undefined) {
      answerRedirect(exchange, target);
      tell(target.status);
      return true;
    }
    const fault = sizeFault(head, site);
    if (fault === undefined) return false;
    this.#answerError(exchange, fault, site);
    tell(ownErrors[fault].status);
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

  #conclude(
    exchange: Exchange,
    judgement: Judgement,
    logHeader: LogBatchHeader,
    startedMs: number,
    status: number,
    bytes: number | null,
  ): void {
    const { access, clock, log, reports } = this.#ports;
    try {
      const nowMs = clock.monotonicMs();
      if (judgement.verdict.kind === 'scored') this.#windows.recordStatus(exchange.head.clientAddress, status, nowMs);
      if (!log.isWanted && access === undefined) return;
      const durationMs = nowMs - startedMs;
      const atMs = clock.wallMs() - durationMs;
      if (log.isWanted) log.add(logHeader, logRecordOf(exchange.head, judgement, status, atMs, durationMs));
      access?.add({ head: exchange.head, judgement, status, bytes, atMs, durationMs });
    } catch (error) {
      reports.add('log', error);
    }
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
