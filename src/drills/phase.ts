import type { Finding, RefusalReason } from '../contract/finding.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { sleep } from '../kernel/sleep.ts';
import type { PhaseReport, RefusalSeen } from './report.ts';
import type { DrillStage, Offer } from './stage.ts';
import type { VisitorLoad } from './visitorLoad.ts';

export interface PhaseParts {
  readonly stage: DrillStage;
  readonly load: VisitorLoad;
  readonly clock: TimerClock;
  readonly tell: (line: string) => void;
  /** A phase lasts at least until so many requests were sent. */
  readonly requestsMin: number;
  /** The version of the feature file in force at the beginning: made from ClickHouse, and good. */
  readonly goodVersion: string;
}

const lookEveryMs = 50;
/** A factory that is this slow has stopped. */
const refusalMsMax = 60_000;
/** A phase whose visitors get no answers ends nevertheless. */
const phaseMsMax = 60_000;

/** One act of a drill: does things, waits for what must follow, and notes what does not hold. */
export class Phase {
  readonly #parts: PhaseParts;
  readonly #name: string;
  readonly #title: string;
  readonly #startedMs: number;
  readonly #tally: ReturnType<VisitorLoad['beginPhase']>;
  readonly #refusals: RefusalSeen[] = [];
  readonly #problems: string[] = [];

  constructor(parts: PhaseParts, name: string, title: string) {
    this.#parts = parts;
    this.#name = name;
    this.#title = title;
    this.#startedMs = this.#nowMs;
    this.#tally = parts.load.beginPhase();
    parts.tell(`phase ${name}  ${title}`);
  }

  pause(ms: number): Promise<void> {
    return sleep(this.#parts.clock, ms);
  }

  async attempt(what: string, deed: () => Promise<void>): Promise<void> {
    await deed().catch((error: Error) => this.#problem(`${what}: ${error.message}`));
  }

  /**
   * After the deed the factory must refuse, with these reasons among its own, within one cycle: at the latest in the first
   * one that began after the deed, which is the second to end.
   */
  async refusedAtFactory(after: string, deed: () => void, reasons: readonly RefusalReason[]): Promise<void> {
    const { clock, stage } = this.#parts;
    // Between two cycles, so that it is clear which one must notice.
    await this.nextCycle();
    await this.pause(stage.factoryEveryMs * 0.6);
    const cyclesBefore = await stage.cyclesEnded();
    const beforeMs = clock.wallMs();
    deed();
    for (let isLate = false; !isLate; await this.pause(lookEveryMs)) {
      const isOver = (await stage.cyclesEnded()) >= cyclesBefore + 2;
      const seen = (await stage.refusals()).find(
        ({ where, atMs, findings }) => where === 'factory' && atMs >= beforeMs && isFor(findings, reasons),
      );
      if (seen !== undefined) {
        return this.#refused({ after, where: seen.where, afterMs: seen.atMs - beforeMs, findings: seen.findings });
      }
      isLate = isOver || clock.wallMs() - beforeMs > refusalMsMax;
    }
    this.#problem(`${after}: not refused for ${reasons.join(' and ')} within one cycle of the factory`);
  }

  /** Until the factory has read with the grants as they are now: the cycle that ends first may have begun before. */
  async nextCycle(): Promise<void> {
    const { stage } = this.#parts;
    const wanted = (await stage.cyclesEnded()) + 2;
    const deadlineMs = this.#nowMs + refusalMsMax;
    while ((await stage.cyclesEnded()) < wanted && this.#nowMs < deadlineMs) await this.pause(lookEveryMs);
  }

  /** The offer must be refused with these reasons among its own. */
  async refusedOffer(after: string, deed: () => Promise<Offer>, reasons: readonly RefusalReason[]): Promise<void> {
    const startedMs = this.#nowMs;
    let offer: Offer;
    try {
      offer = await deed();
    } catch (error) {
      return this.#problem(`${after}: ${(error as Error).message}`);
    }
    const afterMs = Math.round(this.#nowMs - startedMs);
    if (offer.accepted) return this.#problem(`${after}: accepted`);
    this.#refused({ after, afterMs, where: offer.where, findings: offer.findings });
    if (!isFor(offer.findings, reasons)) this.#problem(`${after}: refused, but not for ${reasons.join(' and ')}`);
  }

  /** The edge must score with the good feature file, whatever was tried. */
  async filesInForce(): Promise<void> {
    const trace = await this.#parts.stage.trace();
    if (trace === null) return this.#problem('the edge does not answer');
    const { features, model, score } = trace;
    this.#parts.tell(
      `         in force: features ${features ?? 'none'}, model ${model ?? 'none'}; score ${score ?? 'absent'}`,
    );
    // Exactly the file that was good at the beginning: a lost store would come up with the shipped one, version 0.
    if (features !== this.#parts.goodVersion) {
      this.#problem(`features ${features ?? 'none'} in force instead of the good ${this.#parts.goodVersion}`);
    }
    if (model === undefined) this.#problem('the edge has no model in force');
    if (!/^\d+$/.test(score ?? '')) this.#problem(`the edge gives no score (${score ?? 'absent'})`);
  }

  /** Waits for the phase's share of visitors and sums up. */
  async end(): Promise<PhaseReport> {
    while (this.#tally().requests < this.#parts.requestsMin && this.#nowMs - this.#startedMs < phaseMsMax) {
      await this.pause(lookEveryMs);
    }
    // Answers under way belong to this phase, too.
    await this.pause(lookEveryMs * 4);
    const visitors = this.#tally();
    const { status5xx, wrongBlocks, unanswered, requests, botsBlocked } = visitors;
    if (status5xx > 0) this.#problem(`${status5xx} answers were 5xx`);
    if (wrongBlocks > 0) this.#problem(`${wrongBlocks} requests of people were refused`);
    if (unanswered > 0) this.#problem(`${unanswered} requests got no answer`);
    if (requests > 0 && botsBlocked === 0) this.#problem('no bot was refused: the rule did not work');
    this.#parts.tell(
      `         ${requests} requests, ${status5xx} × 5xx, ${unanswered} unanswered, ${wrongBlocks} people refused, ${botsBlocked} requests of bots refused`,
    );
    return {
      name: this.#name,
      title: this.#title,
      durationMs: Math.round(this.#nowMs - this.#startedMs),
      visitors,
      refusals: this.#refusals,
      problems: this.#problems,
    };
  }

  get #nowMs(): number {
    return this.#parts.clock.monotonicMs();
  }

  #refused(refusal: RefusalSeen): void {
    this.#refusals.push(refusal);
    const reasons = refusal.findings.map(({ reason, names, value, limit }) => {
      if (names !== undefined) return `${reason} (${names.length} names)`;
      return value === undefined || limit === undefined ? reason : `${reason} (${value} over ${limit})`;
    });
    this.#parts.tell(
      `         ${refusal.after}: refused by ${refusal.where} after ${refusal.afterMs} ms: ${reasons.join(', ')}`,
    );
  }

  #problem(sentence: string): void {
    this.#problems.push(sentence);
    this.#parts.tell(`       ! ${sentence}`);
  }
}

/** With these reasons, and with the limit among them only where it was passed: 120 rows are refused for another reason than 240. */
function isFor(findings: readonly Finding[], reasons: readonly RefusalReason[]): boolean {
  const has = (reason: RefusalReason) => findings.some((finding) => finding.reason === reason);
  return reasons.every(has) && has('features-too-many') === reasons.includes('features-too-many');
}
