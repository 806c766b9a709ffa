import { readFileSync } from 'node:fs';
import type { Handshake } from '../../http/handshake.ts';
import { assert } from '../../kernel/assert.ts';
import type { Session } from './session.ts';

/*
 * What the lab recorded (`npm run lab`): one line of JSON with all texts that occur, header names and values, user agents and
 * paths, then one line for each session, where a number stands for the text of that place. Nearly all texts occur often.
 */
type Numbers = readonly number[];

interface Line {
  readonly form: Omit<Session, 'requests' | 'source'>;
  readonly handshakes: readonly Handshake[];
  /** After ms, method, target, version, status, place in `handshakes` or -1, then names and values. */
  readonly requests: readonly Numbers[];
}

export function readLabSessions(url = new URL('../corpus/lab.jsonl', import.meta.url)): Session[] {
  const [first = '[]', ...lines] = readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const texts = JSON.parse(first) as readonly string[];
  return lines.map((line) => {
    const { form, handshakes, requests } = JSON.parse(line) as Line;
    return { ...form, source: 'recorded', requests: requests.map((one) => readRequest(one, texts, handshakes)) };
  });
}

function readRequest(numbers: Numbers, texts: readonly string[], handshakes: readonly Handshake[]) {
  const [afterMs = 0, method = 0, target = 0, version = 0, status = 0, handshake = -1, ...headers] = numbers;
  const text = (place: number) => {
    assert(texts[place] !== undefined, 'the corpus has every text that its sessions name');
    return texts[place];
  };
  return {
    ...{ afterMs, status, method: text(method), target: text(target) },
    version: text(version) as Session['requests'][number]['version'],
    rawHeaders: headers.map(text),
    handshake: handshakes[handshake] ?? null,
    setsCookie: isPage(text(target)),
  };
}

/** The lab's site gives a cookie with every page; pages are what is nothing else (`lab/labSite.ts`). */
function isPage(target: string): boolean {
  return !/^\/(assets|images|api|feed\.xml|robots\.txt|favicon\.ico|old|orders)/.test(target);
}

export function labText(sessions: readonly Session[]): string {
  const places = new Map<string, number>();
  const place = (text: string) => {
    const at = places.get(text) ?? places.size;
    places.set(text, at);
    return at;
  };
  const lines = sessions.map(({ requests, source: _, ...form }) => {
    const handshakes: Handshake[] = [];
    const opened = (handshake: Handshake | null | undefined) => {
      if (handshake === null || handshake === undefined) return -1;
      const at = handshakes.findIndex((one) => one.ja4 === handshake.ja4 && one.http2 === handshake.http2);
      return at === -1 ? handshakes.push({ ja4: handshake.ja4, http2: handshake.http2 }) - 1 : at;
    };
    const numbers = requests.map(({ afterMs, method, target, version, status, handshake, rawHeaders }) => [
      ...[afterMs, place(method), place(target), place(version), status, opened(handshake)],
      ...rawHeaders.map(place),
    ]);
    return JSON.stringify({ form, handshakes, requests: numbers } satisfies Line);
  });
  return `${[JSON.stringify([...places.keys()]), ...lines].join('\n')}\n`;
}
