import { readFileSync } from 'node:fs';
import type { Handshake } from '../../http/handshake.ts';
import type { Chance } from '../../kernel/chance.ts';
import { drawProfile, type ProfileSource } from './browserProfile.ts';
import { drawFalseUserAgent } from './falseUserAgent.ts';
import { drawIntercepted, interceptedShare } from './handshakes.ts';
import { readLabSessions } from './labSessions.ts';
import type { Session, SessionRequest } from './session.ts';

/** What real clients sent to the recording site; made by `tools/record-clients.ts`, committed, read as it is. */
export function readRecordedSessions(): Session[] {
  const text = readFileSync(new URL('../corpus/recorded.jsonl', import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Session);
}

/** Those and what the lab recorded: every session of a real client that there is. */
export function allRecordedSessions(): Session[] {
  return [...readRecordedSessions(), ...readLabSessions()];
}

/**
 * A recorded session as another client of the same kind would have made it: other language, other pasted user agent.
 * Tools send the same bytes to every host, so that they may stand before any.
 */
export function varyRecorded(chance: Chance, source: ProfileSource, session: Session): Session {
  const profile = drawProfile(chance, source);
  const isBrowser = session.label === 'human' || /^(headless|puppeteer|playwright|selenium)/.test(session.family);
  // What an imitator says of itself goes with its handshake and the rest of its head.
  const isImitator = /^(got-scraping|impit|wreq)/.test(session.family);
  const real = { major: chromiumMajor(session), secure: session.loopback || session.scheme === 'https' };
  const pasted = isBrowser ? drawFalseUserAgent(chance, source, real) : profile.userAgent;
  const userAgent = session.pasted && !isImitator ? pasted : undefined;
  const language =
    isBrowser && !/firefox/.test(session.family) && profile.engine === 'chromium' && chance.happens(0.5)
      ? profile.language
      : undefined;
  const stretch = chance.skewed(1, 0.5);
  // What a company's proxy or an antivirus program makes of a person's connection.
  const intercepted = session.label === 'human' && session.scheme === 'https' && chance.happens(interceptedShare);
  const between = intercepted ? drawIntercepted(chance, session.scheme) : null;
  return {
    ...session,
    loopback: isBrowser || session.scheme === 'https' ? session.loopback : chance.happens(0.4),
    requests: session.requests.map((request) => ({
      ...request,
      afterMs: Math.round(request.afterMs * stretch),
      ...(between !== null && { handshake: throughIt(request.handshake, between) }),
      rawHeaders: replaceValues(request.rawHeaders, { 'user-agent': userAgent, 'accept-language': language }),
    })),
  };
}

/** Where the person spoke HTTP/2, so does what stands in between, in its own way. */
function throughIt(own: SessionRequest['handshake'], between: Handshake): Handshake | null {
  return own === null || own === undefined
    ? null
    : { ja4: between.ja4, http2: own.http2 === null ? null : (between.http2 ?? own.http2) };
}

function replaceValues(rawHeaders: readonly string[], values: Readonly<Record<string, string | undefined>>): string[] {
  return rawHeaders.map((text, index) =>
    index % 2 === 1 ? (values[rawHeaders[index - 1]!.toLowerCase()] ?? text) : text,
  );
}

/** The version that the recorded browser's own client hints name; over plain http there are none and it does not matter. */
function chromiumMajor(session: Session): number {
  const brands = session.requests[0]?.rawHeaders.find((text) => text.includes('"Chromium";v='));
  return Number(/"Chromium";v="(\d+)"/.exec(brands ?? '')?.[1] ?? 0);
}
