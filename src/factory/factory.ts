import { validatePayload } from '../bundles/index.ts';
import type { FeatureDefinition } from '../contract/kinds/featureFile.ts';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { encodeFeatureFile } from './features/buildFeatureFile.ts';
import { type CycleOutcome, FeatureCycle, type FeatureCycleParts } from './features/featureCycle.ts';
import { receivingLimits } from './log/limits.ts';
import { LogInserter } from './log/logInserter.ts';
import { LogReceiver } from './log/logReceiver.ts';
import { OperatorDoor } from './operatorDoor.ts';
import { signalLimits } from './signals/limits.ts';
import { SignalsCycle, type SignalsCycleParts, type SignalsOutcome } from './signals/signalsCycle.ts';
import { warehouseLimits } from './warehouse/limits.ts';
import { migrate } from './warehouse/migrate.ts';
import { type Warehouse, WarehouseError } from './warehouse/warehouse.ts';

export interface FactoryParts extends Omit<FeatureCycleParts, 'warehouse'> {
  readonly clock: TimerClock;
  readonly log: Logger;
  /** Opens ClickHouse; rejects while there is none. Tried again until it works. */
  readonly openWarehouse: () => Promise<Warehouse>;
  readonly logSocket: string;
  readonly factorySocket: string;
  readonly everyS: number;
  /** As in `SignalsCycleParts`. */
  readonly signalsQuery?: SignalsCycleParts['query'];
}

const retryMs = { first: 1_000, max: 60_000 };
/** Outcomes of a cycle for which ClickHouse answered. */
const hasReadWarehouse: ReadonlySet<CycleOutcome['outcome']> = new Set(['published', 'unchanged', 'refused']);
/** Between two cycles, however long the first took. */
const pauseMsMin = 100;

/**
 * The factory as one process: receives the request log at once and always, opens ClickHouse when it can, and makes the
 * feature file every `everyS`. Edges need none of it to serve.
 */
export class Factory {
  readonly #parts: FactoryParts;
  readonly #receiver: LogReceiver;
  readonly #inserter: LogInserter;
  readonly #door: OperatorDoor;
  readonly #outcomes: Partial<Record<CycleOutcome['outcome'], number>> = {};
  #warehouse: Warehouse | null = null;
  #warehouseError: string | null = null;
  #cycle: FeatureCycle | null = null;
  #last: { readonly atMs: number; readonly outcome: CycleOutcome } | null = null;
  #running: Promise<CycleOutcome> | null = null;
  #timer: Timer | undefined;
  #signals: SignalsCycle | null = null;
  #lastSignals: { readonly atMs: number; readonly outcome: SignalsOutcome } | null = null;
  #runningSignals: Promise<SignalsOutcome> | null = null;
  #signalsTimer: Timer | undefined;
  #retryMs = retryMs.first;
  #closing = false;

  constructor(parts: FactoryParts) {
    this.#parts = parts;
    this.#inserter = new LogInserter(() => this.#warehouse, parts.clock, parts.log);
    this.#receiver = new LogReceiver((frame) => this.#inserter.offer(frame), parts.clock, parts.log);
    this.#door = new OperatorDoor({
      clock: parts.clock,
      warehouse: () => this.#warehouse,
      status: () => this.status(),
      runCycle: () => this.runCycle(),
      runSignals: () => this.runSignals(),
      checkFeature,
    });
  }

  /** Resolves when both sockets are open; rejects when one cannot be. ClickHouse and the first file follow by themselves. */
  async start(): Promise<void> {
    await this.#receiver.listen(this.#parts.logSocket);
    await this.#door.listen(this.#parts.factorySocket);
    void this.#turn();
    const everyMs = Math.max(this.#parts.everyS * 1_000, signalLimits.signalsEveryMsMin);
    this.#signalsTimer = this.#parts.clock.every(everyMs, () => void this.runSignals());
  }

  /** Ends within about six seconds, whatever ClickHouse and control do; what was not brought in by then is counted. */
  async close(): Promise<void> {
    const { clock } = this.#parts;
    this.#closing = true;
    this.#timer?.cancel();
    this.#signalsTimer?.cancel();
    await this.#door.close();
    const { logLastReadMs } = receivingLimits;
    const { warehouseCloseMs } = warehouseLimits;
    const running = [this.#running, this.#runningSignals].map((cycle) => cycle && within(clock, logLastReadMs, cycle));
    await Promise.all([this.#receiver.close(), ...running]);
    await this.#inserter.flush();
    if (this.#warehouse !== null) await within(clock, warehouseCloseMs, this.#warehouse.close());
  }

  status() {
    return {
      engine: this.#warehouse?.engine ?? null,
      engineError: this.#warehouseError,
      everyS: this.#parts.everyS,
      cycles: { ...this.#outcomes },
      cyclesEnded: Object.values(this.#outcomes).reduce((sum, count) => sum + count, 0),
      last: this.#last,
      signals: this.#lastSignals,
      log: { ...this.#inserter.status(), framesRefused: this.#receiver.framesRefused },
    };
  }

  /** One cycle now; two at a time never run. */
  async runCycle(): Promise<CycleOutcome> {
    const cycle = this.#cycle;
    if (cycle === null) return { outcome: 'warehouse-gone', error: this.#warehouseError ?? 'not open yet' };
    this.#running ??= cycle.run().finally(() => {
      this.#running = null;
    });
    const outcome = await this.#running;
    if (outcome.outcome === 'warehouse-gone') this.#warehouseError = outcome.error;
    else if (hasReadWarehouse.has(outcome.outcome)) this.#warehouseError = null;
    this.#outcomes[outcome.outcome] = (this.#outcomes[outcome.outcome] ?? 0) + 1;
    this.#last = { atMs: this.#parts.clock.wallMs(), outcome };
    return outcome;
  }

  /** The same for the signals of the whole fleet. */
  async runSignals(): Promise<SignalsOutcome> {
    const cycle = this.#signals;
    if (cycle === null) return { outcome: 'warehouse-gone', error: this.#warehouseError ?? 'not open yet' };
    this.#runningSignals ??= cycle.run().finally(() => {
      this.#runningSignals = null;
    });
    const outcome = await this.#runningSignals;
    this.#lastSignals = { atMs: this.#parts.clock.wallMs(), outcome };
    return outcome;
  }

  async #turn(): Promise<void> {
    const everyMs = this.#parts.everyS * 1_000;
    const startedMs = this.#parts.clock.monotonicMs();
    let next = everyMs;
    if (this.#warehouse === null) await this.#tryOpen();
    const { outcome } = await this.runCycle();
    if (this.#warehouse === null) next = Math.min(next, this.#backOff());
    // At start control may still be on its way: no need to wait five minutes for it.
    else if (outcome === 'control-gone' && (this.#outcomes.published ?? 0) === 0) {
      next = Math.min(next, this.#backOff());
    } else this.#retryMs = retryMs.first;
    const tookMs = this.#parts.clock.monotonicMs() - startedMs;
    if (this.#closing) return;
    this.#timer = this.#parts.clock.after(Math.max(pauseMsMin, next - tookMs), () => void this.#turn());
  }

  async #tryOpen(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      const { message, stack } = error as Error;
      this.#warehouseError = message;
      if (error instanceof WarehouseError) this.#parts.log.error('warehouse-unavailable', { error: message });
      else this.#parts.log.error('warehouse-open-fault', { stack });
    }
  }

  async #open(): Promise<void> {
    const warehouse = await this.#parts.openWarehouse();
    try {
      const applied = await migrate(warehouse, this.#parts.log);
      this.#parts.log.info('warehouse-open', { engine: warehouse.engine, migrations: applied });
    } catch (error) {
      await warehouse.close();
      throw error;
    }
    this.#warehouse = warehouse;
    this.#warehouseError = null;
    this.#cycle = new FeatureCycle({ ...this.#parts, warehouse });
    const { signalsQuery: query } = this.#parts;
    this.#signals = new SignalsCycle({ ...this.#parts, warehouse, ...(query === undefined ? {} : { query }) });
  }

  #backOff(): number {
    const now = this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, retryMs.max);
    return now;
  }
}

/** Waits for it to end, well or not, but no longer. */
async function within(clock: TimerClock, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = clock.after(timeoutMs, late.resolve);
  await Promise.race([late.promise, work.catch(() => {})]);
  timer.cancel();
}

/** A column that the next cycle would refuse is better refused before it is made. */
function checkFeature(feature: FeatureDefinition): readonly { readonly message: string }[] {
  const valid = validatePayload('features', encodeFeatureFile({ schema: 1, features: [feature] }), {});
  return valid.ok ? [] : valid.error;
}
