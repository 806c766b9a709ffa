import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { overloadLimits } from '../../src/edge/overload/index.ts';
import { systemClock, type TimerClock } from '../../src/kernel/clock.ts';
import { parseAnswer, site, startEdge, startOrigin, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** A clock that runs ahead: every timer is found to be late, as in a process that has too much to do. */
class ClockAhead implements TimerClock {
  readonly after = systemClock.after;
  readonly every = systemClock.every;
  #factor = 1;
  #ms = performance.now();
  #sinceMs = performance.now();

  /** Makes timers of `overloadLimits.everyMs` this late. */
  lateBy(ms: number): void {
    this.#ms = this.monotonicMs();
    this.#sinceMs = performance.now();
    this.#factor = 1 + ms / overloadLimits.everyMs;
  }

  monotonicMs(): number {
    return this.#ms + (performance.now() - this.#sinceMs) * this.#factor;
  }

  wallMs(): number {
    return Date.now();
  }
}

/** What a connection answers to one more request; undefined when it ends instead. */
function askOn(socket: Socket): Promise<ReturnType<typeof parseAnswer> | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(parseAnswer(bytes.toString('latin1'))));
    socket.once('close', () => resolve(undefined));
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n');
  });
}

test('too much to do: connections are shed, then requests, and all are taken again when it is over', async () => {
  const clock = new ClockAhead();
  const { url } = await startOrigin(undo);
  const set = { versions: { sites: 1 }, sites: { schema: 1 as const, sites: [site(url)] } };
  const { port, worker } = await startEdge(undo, { set, clock });
  const open = () => {
    const socket = connect(port, '127.0.0.1');
    undo.add(() => socket.destroy());
    return socket;
  };
  const state = async (wanted: string) => {
    for (let time = 0; worker.counts().gauges.overload !== wanted; time++) {
      assert.ok(time < 500, `it is ${worker.counts().gauges.overload}, not ${wanted}`);
      await sleep(20);
    }
  };
  const held = open();
  assert.equal((await askOn(held))?.status, 200);

  clock.lateBy(overloadLimits.delayMs.connection * 1.5);
  await state('shed-connections');
  assert.equal(await askOn(open()), undefined, 'no new connection');
  assert.equal((await askOn(held))?.status, 200, 'the one that is there goes on');

  clock.lateBy(overloadLimits.delayMs.request * 1.5);
  await state('shed-requests');
  const refused = await askOn(held);
  assert.deepEqual([refused?.status, refused?.headers['holdfast-error']], [503, 'overloaded']);

  clock.lateBy(0);
  await state('calm');
  assert.equal((await askOn(open()))?.status, 200);
  const { rejected, errors, overloads } = worker.counts().counters;
  assert.deepEqual([rejected?.overloaded, errors?.overloaded, overloads?.['']], [1, 1, 1]);
});
