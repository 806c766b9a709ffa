import { Agent, request } from 'node:http';
import type { TimerClock } from '../kernel/clock.ts';
import { sleep } from '../kernel/sleep.ts';
import type { DrillRequest, DrillSession } from './drillSession.ts';
import type { Outcome } from './visitorTally.ts';

/** Longer than this, and a person has given up. */
const answerMsMax = 10_000;
/** What a browser opens towards one host. */
const connectionsMax = 6;

export interface VisitorPlace {
  readonly host: string;
  readonly port: number;
  /** Out of 127.0.0.0/8: every visitor has an address of its own. */
  readonly localAddress: string;
}

/**
 * Plays one session in its own time and with its own bytes from its own address. `begin` is asked before each request:
 * it gives who hears of the outcome, or null to end the session early. Resolves when the last answer is there.
 */
export async function playSession(
  session: DrillSession,
  place: VisitorPlace,
  clock: TimerClock,
  begin: () => ((outcome: Outcome) => void) | null,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const startedMs = clock.monotonicMs();
  const open: Promise<void>[] = [];
  for (const one of session.requests) {
    const waitMs = startedMs + one.afterMs - clock.monotonicMs();
    if (waitMs > 1) await sleep(clock, waitMs);
    const onOutcome = begin();
    if (onOutcome === null) break;
    open.push(sendOnce(one, place, agent, true).then(onOutcome));
  }
  await Promise.all(open);
  agent.destroy();
}

function sendOnce(one: DrillRequest, place: VisitorPlace, agent: Agent, mayRetry: boolean): Promise<Outcome> {
  const authority = `${place.host}:${place.port}`;
  return new Promise((resolve) => {
    const asked = request({
      ...place,
      agent,
      method: one.method,
      path: one.target,
      headers: one.rawHeaders.map((value) => value.replaceAll('{host}', authority)),
      setHost: false,
      timeout: answerMsMax,
    });
    asked.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0 }));
      answer.on('error', () => resolve('unanswered'));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => {
      // A kept connection that was closed just now: browsers send again on a new one (RFC 9110 section 9.2.2).
      if (asked.reusedSocket && mayRetry && one.method === 'GET') resolve(sendOnce(one, place, agent, false));
      else resolve('unanswered');
    });
    const bodyBytes = contentLength(one.rawHeaders);
    asked.end(bodyBytes > 0 ? Buffer.alloc(bodyBytes, 0x61) : undefined);
  });
}

function contentLength(rawHeaders: readonly string[]): number {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length');
  return at < 0 ? 0 : Number(rawHeaders[at + 1] ?? 0);
}
