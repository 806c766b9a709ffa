import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleKinds, type KindVersions } from '../contract/bundleKind.ts';
import type { ControlError } from '../controlClient/index.ts';
import { silentLogger } from '../kernel/log.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { sleep } from '../kernel/sleep.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import type { Agent } from './agent.ts';
import { ControlSource } from './controlSource.ts';
import { agentLimits } from './limits.ts';
import type { Outcome } from './outcome.ts';

/** The real source between a control and an agent of a few lines, on a clock that the test moves. */
function scene(outcomeOf: (version: number) => Outcome['outcome'] = () => 'ack') {
  const clock = new MadeUpClock({ nowMs: 0 });
  const atS = () => clock.monotonicMs() / 1_000;
  const control = { isAway: false, wanted: {} as KindVersions, pollsAtS: [] as number[], reports: 0 };
  const offeredAtS: number[] = [];
  let running = 0;
  const nobodyThere: Result<never, ControlError> = err({
    code: 'unreachable',
    source: 'upstream',
    retry: 'yes',
    message: 'nobody there',
  });
  const source = new ControlSource({
    edge: 'an edge',
    client: {
      async wanted(_edge, known, waitS, stop) {
        control.pollsAtS.push(atS());
        if (control.isAway) return nobodyThere;
        if ((control.wanted.sites ?? 0) <= (known.sites ?? 0)) await sleep(clock, waitS * 1_000, stop);
        return ok(control.wanted);
      },
      bundle: async () => ok(Buffer.from('bundle')),
      async report() {
        if (control.isAway) return nobodyThere;
        control.reports += 1;
        return ok(undefined);
      },
    },
    agent: {
      known: (kind: string) => (kind === 'sites' ? running : 0),
      running: {},
      localKilled: [],
      fleet: { all: () => [] },
      takeReports: () => [],
      returnReports: () => {},
      async offer() {
        offeredAtS.push(atS());
        const version = control.wanted.sites ?? 0;
        const outcome = outcomeOf(version);
        if (outcome === 'ack') running = version;
        return { outcome, kind: 'sites', version, findings: [] } as Outcome;
      },
    } as unknown as Agent,
    clock,
    logger: silentLogger,
    // The middle of the jitter: pauses of three quarters.
    random: { next: () => 0.5 } as never,
    kinds: bundleKinds,
  });
  return { clock, control, offeredAtS, source };
}

test('control away for an hour: asked in pauses that double up to a bound, and again soon after it is back', async () => {
  const { clock, control, source } = scene();
  control.isAway = true;
  source.start();
  await clock.advance(3_600_000);
  assert.equal(source.isReachable, false);
  const pausesS = control.pollsAtS.slice(1).map((second, index) => second - control.pollsAtS[index]!);
  assert.deepEqual(pausesS.slice(0, 7), [0.375, 0.75, 1.5, 3, 6, 11.25, 11.25]);
  assert.ok(pausesS.slice(5).every((pauseS) => pauseS === (agentLimits.retryMsMax * 0.75) / 1_000));
  control.isAway = false;
  // The pause, then a long poll in which nothing is new.
  await clock.advance(agentLimits.retryMsMax + agentLimits.pollWaitS * 1_000);
  assert.equal(source.isReachable, true);
  source.stop();
  assert.equal(clock.waiting, 0, 'nothing is left to wait for');
});

test('an hour with a control that has nothing new: one poll per waiting time, one report per health', async () => {
  const { clock, control, source } = scene();
  source.start();
  await clock.advance(3_600_000);
  assert.equal(control.pollsAtS.length, 1 + 3_600 / agentLimits.pollWaitS);
  const reportsMax = 1 + 3_600_000 / agentLimits.healthEveryMs;
  assert.ok(Math.abs(control.reports - reportsMax) <= 1, `${control.reports} of ${reportsMax}`);
  source.stop();
});

test('a bundle for which it is no time now comes again in pauses that double up to five minutes', async () => {
  const { clock, control, offeredAtS, source } = scene((version) => (version === 1 ? 'later' : 'ack'));
  control.wanted = { sites: 1 };
  source.start();
  await clock.advance(4 * 3_600_000);
  const pausesS = offeredAtS.slice(1).map((second, index) => second - offeredAtS[index]!);
  // The long poll that is open when a pause is over ends first.
  const { bundleRetryMsFirst, bundleRetryMsMax, pollWaitS } = agentLimits;
  for (const [times, pauseS] of pausesS.entries()) {
    const leastS = (Math.min(bundleRetryMsFirst * 2 ** times, bundleRetryMsMax) * 0.75) / 1_000;
    assert.ok(pauseS >= leastS && pauseS <= leastS + pollWaitS, `pause ${times}: ${pauseS} s`);
  }
  assert.ok(offeredAtS.length > 50, `${offeredAtS.length} times in four hours`);
  control.wanted = { sites: 2 };
  const publishedAtS = clock.monotonicMs() / 1_000;
  await clock.advance(2 * pollWaitS * 1_000);
  const takenAfterS = offeredAtS.at(-1)! - publishedAtS;
  assert.ok(takenAfterS > 0 && takenAfterS <= pollWaitS, `another version waits for the poll alone: ${takenAfterS} s`);
  source.stop();
  assert.equal(clock.waiting, 0);
});
