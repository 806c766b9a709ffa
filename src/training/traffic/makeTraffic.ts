import { requestHead } from '../../http/index.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { Chance } from '../../kernel/chance.ts';
import { seededRandom } from '../../kernel/random.ts';
import { ok, type Result } from '../../kernel/result.ts';
import { makeBotSession } from './botSessions.ts';
import { makeHumanSession } from './humanSessions.ts';
import { openProfileSource } from './profileSource.ts';
import { allRecordedSessions, varyRecorded } from './recordedSessions.ts';
import type { Session } from './session.ts';
import { makeSite } from './siteModel.ts';

/** One request in the order in which an edge would meet it. */
export interface TrafficRequest {
  /** Position in `sessions`; -1: seen by the windows and not otherwise used. */
  readonly session: number;
  readonly atMs: number;
  readonly head: RequestHead;
  readonly status: number;
  readonly setsCookie: boolean;
}

export interface Traffic {
  readonly sessions: readonly Session[];
  readonly requests: readonly TrafficRequest[];
}

/** Copies of each recorded session: enough to weigh as much as a few hundred made ones. */
function copiesOf({ label, family, client }: Session): number {
  const isOfLab = client !== undefined;
  if (label === 'human') return isOfLab ? 4 : 40;
  if (isOfLab) return /^(headless|puppeteer|playwright|selenium)/.test(family) ? 4 : 1;
  return family === 'headless chromium' ? 12 : 5;
}

const dayMs = 86_400_000;

/**
 * Sessions of people and bots, half and half, recorded and made, and their requests in time. A seed repeats it. There is
 * one set of recorded sessions: what is to be judged by a model trained on them must be made `without-recorded`.
 */
export function makeTraffic(
  seed: number,
  sessionsPerLabel: number,
  recorded: 'with-recorded' | 'without-recorded' = 'with-recorded',
): Result<Traffic, string> {
  const chance = new Chance(seededRandom(seed));
  const source = openProfileSource(chance);
  if (!source.ok) return source;
  const sessions: Session[] = [];
  for (const session of recorded === 'with-recorded' ? allRecordedSessions() : []) {
    const count = copiesOf(session);
    for (let copy = 0; copy < count; copy++) sessions.push(varyRecorded(chance, source.value, session));
  }
  for (let count = 0; count < sessionsPerLabel; count++) {
    sessions.push(makeHumanSession(chance, source.value), makeBotSession(chance, source.value));
  }
  return ok({ sessions, requests: layOutInTime(chance, sessions) });
}

/** The recorded sessions as they were recorded, once each, each from an address of its own. */
export function recordedTraffic(seed: number): Traffic {
  const sessions = allRecordedSessions();
  return { sessions, requests: layOutInTime(new Chance(seededRandom(seed)), sessions, 'alone') };
}

/**
 * Gives every session an address and a time. Some share both with a few others or, as behind a telephone company's
 * address, with dozens, people and bots mixed: what an address did lately must not decide alone.
 */
function layOutInTime(
  chance: Chance,
  sessions: readonly Session[],
  neighbours: 'some' | 'alone' = 'some',
): TrafficRequest[] {
  const requests: TrafficRequest[] = [];
  let address = 0;
  let left = 0;
  let startMs = 0;
  let endMs = 0;
  for (const index of chance.shuffled(sessions.map((_, position) => position))) {
    if (left === 0) {
      address += 1;
      const crowd = chance.weighted([
        [62, 1],
        [26, chance.whole(2, 5)],
        [1.2, chance.whole(20, 60)],
      ]);
      left = neighbours === 'alone' ? 1 : crowd;
      startMs = (1 + chance.next()) * dayMs;
      endMs = startMs;
    } else {
      // Next to the one before, or right behind it.
      startMs = chance.happens(0.5) ? startMs + chance.next() * 20_000 : endMs + chance.next() * 8_000;
    }
    left -= 1;
    endMs = Math.max(endMs, startMs + (sessions[index]!.requests.at(-1)?.afterMs ?? 0));
    const clientAddress = `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
    requests.push(...requestsOf(chance, sessions[index]!, index, { clientAddress, startMs, neighbours }));
  }
  return requests.sort((left, right) => left.atMs - right.atMs);
}

/** A session's requests as heads; with some clients, one from hours before, so that their age says little. */
function requestsOf(
  chance: Chance,
  session: Session,
  index: number,
  place: { readonly clientAddress: string; readonly startMs: number; readonly neighbours: 'some' | 'alone' },
): TrafficRequest[] {
  const { clientAddress, startMs, neighbours } = place;
  const { authority } = makeSite(chance, session.loopback);
  const isChanged = neighbours === 'some';
  const behindProxy = isChanged && session.requests[0]?.version !== '2' && chance.happens(0.04);
  const heads = session.requests.map((request): TrafficRequest => {
    const named = request.rawHeaders.map((text) => text.replaceAll('{host}', authority));
    const rawHeaders = behindProxy ? throughProxy(named, clientAddress, session.scheme) : named;
    const { method, target, version, handshake = null, status, setsCookie = false } = request;
    const head = requestHead({
      ...{ method, target, version, rawHeaders, scheme: session.scheme, clientAddress },
      // Of a connection that a proxy made, nothing is known.
      handshake: behindProxy ? null : handshake,
      ...(version === '2' ? { authority } : {}),
    });
    return { session: index, atMs: startMs + request.afterMs, head, status, setsCookie };
  });
  // An edge that was restarted meets people in the middle of what they do.
  const missed = isChanged && session.label === 'human' && chance.happens(0.08) ? chance.whole(1, 4) : 0;
  const seen = heads.slice(Math.min(missed, heads.length - 1));
  const isKnown = isChanged && chance.happens(0.3);
  const earlierMs = Math.min(chance.skewed(1_800_000, 1.5), dayMs);
  return isKnown ? [{ ...heads[0]!, atMs: startMs - earlierMs, session: -1 }, ...seen] : seen;
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
