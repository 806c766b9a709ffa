import { requestHead } from '../../http/index.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { seededRandom } from '../../kernel/random.ts';
import { ok, type Result } from '../../kernel/result.ts';
import { makeBotSession } from './botSessions.ts';
import { Chance } from './chance.ts';
import { makeHumanSession } from './humanSessions.ts';
import { openProfileSource } from './profileSource.ts';
import { readRecordedSessions, varyRecorded } from './recordedSessions.ts';
import type { Session } from './session.ts';
import { makeSite } from './siteModel.ts';

/** One request in the order in which an edge would meet it. */
export interface TrafficRequest {
  readonly session: number;
  readonly atMs: number;
  readonly head: RequestHead;
  readonly status: number;
}

export interface Traffic {
  readonly sessions: readonly Session[];
  readonly requests: readonly TrafficRequest[];
}

/** Copies of each recorded session: enough to weigh as much as a few hundred made ones. */
const copies = { human: 40, bot: 5, 'headless chromium': 12 } as const;
const dayMs = 86_400_000;

/** Sessions of people and bots, half and half, recorded and made, and their requests in time. A seed repeats it. */
export function makeTraffic(seed: number, sessionsPerLabel: number): Result<Traffic, string> {
  const chance = new Chance(seededRandom(seed));
  const source = openProfileSource(chance);
  if (!source.ok) return source;
  const sessions: Session[] = [];
  for (const session of readRecordedSessions()) {
    const count =
      session.label === 'human'
        ? copies.human
        : session.family === 'headless chromium'
          ? copies['headless chromium']
          : copies.bot;
    for (let copy = 0; copy < count; copy++) sessions.push(varyRecorded(chance, source.value, session));
  }
  for (let count = 0; count < sessionsPerLabel; count++) {
    sessions.push(makeHumanSession(chance, source.value), makeBotSession(chance, source.value));
  }
  return ok({ sessions, requests: layOutInTime(chance, sessions) });
}

/**
 * Gives every session an address and a time. One in six shares both with others, people and bots mixed, as behind one
 * company's address: what a client did lately must not decide alone.
 */
function layOutInTime(chance: Chance, sessions: readonly Session[]): TrafficRequest[] {
  const requests: TrafficRequest[] = [];
  let address = 0;
  let startMs = 0;
  for (const index of chance.shuffled(sessions.map((_, position) => position))) {
    const session = sessions[index]!;
    if (!chance.happens(0.17) || address === 0) {
      address += 1;
      startMs = chance.next() * dayMs;
    } else {
      startMs += chance.next() * 40_000;
    }
    const clientAddress = `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
    const { authority } = makeSite(chance, session.loopback);
    const behindProxy = chance.happens(0.04);
    for (const request of session.requests) {
      const named = request.rawHeaders.map((text) => text.replaceAll('{host}', authority));
      const rawHeaders = behindProxy ? throughProxy(named, clientAddress, session.scheme) : named;
      const { method, target, version } = request;
      const head = requestHead({ method, target, version, rawHeaders, scheme: session.scheme, clientAddress });
      requests.push({ session: index, atMs: startMs + request.afterMs, head, status: request.status });
    }
  }
  return requests.sort((left, right) => left.atMs - right.atMs);
}

/** What a common reverse proxy in front of us does to a head: its own lines first, the connection closed. */
function throughProxy(rawHeaders: readonly string[], clientAddress: string, scheme: string): string[] {
  const kept: string[] = [];
  let host = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name === 'host') host = rawHeaders[index + 1]!;
    else if (name !== 'connection') kept.push(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  return ['Host', host, 'X-Forwarded-For', clientAddress, 'X-Forwarded-Proto', scheme, 'Connection', 'close', ...kept];
}
