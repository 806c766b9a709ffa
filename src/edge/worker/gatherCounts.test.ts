import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownErrors } from '../../contract/reasons/answerReasons.ts';
import { type FamilyCounts, labelJoin } from '../../contract/workerCounts.ts';
import { systemClock } from '../../kernel/clock.ts';
import { silentLogger } from '../../kernel/log.ts';
import { systemRandom } from '../../kernel/random.ts';
import { Counters } from '../counts/counters.ts';
import { ErrorReports } from '../counts/errorReports.ts';
import { LatencyHistogram } from '../counts/latencyHistogram.ts';
import { LogSender } from '../log/logSender.ts';
import { LoadMeter, Overload } from '../overload/index.ts';
import { Guard } from '../pipeline/guard.ts';
import { OriginGroups } from '../upstream/originGroups.ts';
import { siteOf } from '../upstream/testing/groupFixture.ts';
import { gatherCounts, originsToldMax } from './gatherCounts.ts';

function scene() {
  const reports = new ErrorReports(systemClock, silentLogger);
  const overload = new Overload({ rssBytesMax: 1, connectionsMax: 1 });
  const load = new LoadMeter({ clock: systemClock, overload, connections: () => 0 });
  load.stop();
  const sources = {
    counters: new Counters(),
    guard: new Guard(systemClock, reports),
    reports,
    latency: new LatencyHistogram(),
    groups: new OriginGroups(systemClock, systemRandom),
    log: new LogSender(null, systemClock),
    overload,
    load,
    connections: 7,
    idleConnections: 5,
    upstreamConnections: 3,
    versions: { sites: 4 },
  };
  return { sources, gather: (): FamilyCounts => gatherCounts(sources).counters };
}

/** Lets every origin of these sites answer once. */
function answerOnce({ groups }: ReturnType<typeof scene>['sources'], sites: number, originsPerSite: number): void {
  groups.update(
    Array.from({ length: sites }, (_, site) =>
      siteOf(
        Array.from({ length: originsPerSite }, () => 1),
        { name: `site-${site}` },
      ),
    ),
  );
  for (const group of groups.all()) {
    for (const member of group.members) {
      group.onStarted(member);
      group.onEnded(member, 'answered', 200, 5);
    }
  }
}

test('what is 0 is not told, and what is not is told by its word', () => {
  const { sources, gather } = scene();
  assert.deepEqual(new Set(Object.values(gather()).flatMap((family) => Object.keys(family))), new Set());
  sources.counters.rejected['head-timeout'] = 2;
  sources.counters.errors['no-sites'] = 1;
  sources.counters.broken.visitor = 3;
  sources.reports.add('x', new Error('y'));
  sources.latency.record(2);
  const { rejected, errors, broken, errorsReported, answers } = gather();
  assert.deepEqual(
    [rejected, errors, broken, errorsReported],
    [{ 'head-timeout': 2 }, { 'no-sites': 1 }, { visitor: 3 }, { '': 1 }],
  );
  assert.deepEqual(Object.values(answers ?? {}), [1]);
});

test('connections: idle are those that carry neither a request nor a tunnel', () => {
  const { sources } = scene();
  sources.counters.forwarding = 3;
  sources.counters.tunnels = 1;
  const { connections } = gatherCounts(sources).gauges;
  assert.deepEqual(connections, { open: 7, idle: 4, inRequest: 2, tunnels: 1, upstream: 3 });
});

test('origins are told by site and URL, and beyond a number of them together', () => {
  const { sources, gather } = scene();
  answerOnce(sources, 2, 1);
  assert.deepEqual(gather().originRequests, {
    [['site-0', 'http://10.0.0.1:80', 'answered'].join(labelJoin)]: 1,
    [['site-1', 'http://10.0.0.1:80', 'answered'].join(labelJoin)]: 1,
  });
  answerOnce(sources, 15, 20);
  const { originRequests, originMs } = gather();
  assert.equal(Object.keys(originRequests ?? {}).length, originsToldMax + 1);
  assert.equal(originRequests?.[['other', 'other', 'answered'].join(labelJoin)], 15 * 20 - originsToldMax);
  assert.equal(
    Object.values(originMs ?? {}).reduce((sum, ms) => sum + ms, 0),
    (15 * 20 + 2) * 5,
    'the two that answered twice count twice',
  );
});

test('a message of a busy worker is small and quickly made', () => {
  const { sources } = scene();
  for (const reason of Object.keys(sources.counters.rejected))
    sources.counters.rejected[reason as 'overloaded'] = 12_345;
  for (const error of Object.keys(ownErrors)) sources.counters.errors[error as 'internal'] = 12_345;
  for (let ms = 1; ms < 5_000; ms += 7) sources.latency.record(ms);
  answerOnce(sources, 5, 2);
  const bytes = JSON.stringify(gatherCounts(sources)).length;
  const startMs = performance.now();
  for (let time = 0; time < 1_000; time++) JSON.stringify(gatherCounts(sources));
  const microseconds = performance.now() - startMs;
  console.log(`counts of a busy worker: ${bytes} bytes, ${microseconds.toFixed(0)} µs a message`);
  assert.ok(bytes < 8_000, `${bytes}`);
  // Once a second; measured 45 µs, and a busy machine is no failure.
  assert.ok(microseconds < 2_000, `${microseconds}`);
});
