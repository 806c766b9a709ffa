import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Undo } from '../edge/harness.ts';
import { type Attack, host } from './attack.ts';
import type { StartFront } from './fronts.ts';
import type { TracedServer } from './tracedServer.ts';

/** An origin saw what it should not have seen, or a visitor got an answer that was not his. */
export interface Finding {
  readonly origin: string;
  readonly says: string;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** How many attacks were sent, and how many requests fronts and origins read. */
  readonly sent: number;
  readonly seenByFront: number;
  readonly seenByOrigins: number;
}

/** How an attack is carried out: resolves when the front has nothing more to say to it. */
export type Send = (front: { readonly port: number; readonly http2Port: number }, attack: Attack) => Promise<void>;

/** More attacks at once only make them wait for each other on two cores. */
const concurrency = 24;
/** A front that has answered and says nothing for so long waits for more. */
const quietMs = 60;
/** One that says nothing at all waits for more, too. */
const silenceMs = 300;
const triesMax = 50;

/**
 * Sends attacks through a front to one origin, an innocent visitor's request behind each, and compares what both read: an
 * origin may have read no request that the front did not, and each innocent visitor must have his own answer.
 */
export async function runAttacks(
  undo: Undo,
  startFront: StartFront,
  origin: TracedServer,
  attacks: readonly Attack[],
  { send = sendPlain, patienceMs = 10_000 }: { readonly send?: Send; readonly patienceMs?: number } = {},
): Promise<Outcome> {
  const front = await startFront(undo, origin.port);
  const findings: Finding[] = [];
  const waiting = [...attacks];
  const work = async () => {
    for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift()) {
      await send(front, attack);
      const fault = await askInnocently(front.port, attack.id, patienceMs);
      if (fault !== undefined) findings.push({ origin: origin.name, says: `after ${nameOf(attack)}: ${fault}` });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seen = await front.finish();
  let seenByOrigins = 0;
  const byId = new Map(attacks.map((attack) => [String(attack.id), attack]));
  for (const { name, read } of await origin.finish()) {
    seenByOrigins += read.length;
    for (const request of unseen(seen, read))
      findings.push({ origin: name, says: `it read ${guiltyOf(request, byId)}` });
  }
  return { findings, sent: attacks.length, seenByFront: seen.length, seenByOrigins };
}

/** What stands in `read` more often than in `seen`. */
function unseen(seen: readonly string[], read: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const request of seen.map(withOneEscape)) left.set(request, (left.get(request) ?? 0) + 1);
  return read.filter((request) => {
    const count = left.get(withOneEscape(request)) ?? 0;
    left.set(withOneEscape(request), count - 1);
    return count <= 0;
  });
}

/** Apache hands `%0d` on as `%0D`. */
function withOneEscape(request: string): string {
  return request.replaceAll(/%[0-9a-fA-F]{2}/g, (octet) => octet.toUpperCase());
}

function guiltyOf(request: string, attacks: ReadonlyMap<string, Attack>): string {
  const attack = attacks.get(/(?:outer|canary)-(\d+)/.exec(request)?.[1] ?? '');
  return `${JSON.stringify(request)}${attack === undefined ? '' : ` of ${nameOf(attack)}`}`;
}

function nameOf({ id, technique, says }: Attack): string {
  return `#${id} (${technique}: ${says})`;
}

/** One connection; what is left of the attack stays unsent when the front ends it. */
export function sendPlain({ port }: { readonly port: number }, { pieces }: Attack): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const left = [...pieces];
    let timer = setTimeout(next, silenceMs);
    function next(): void {
      const piece = left.shift();
      clearTimeout(timer);
      if (piece === undefined || socket.destroyed) socket.destroy();
      else {
        socket.write(piece);
        timer = setTimeout(next, left.length > 0 ? quietMs : silenceMs);
      }
    }
    socket.on('connect', next);
    socket.on('data', () => {
      clearTimeout(timer);
      timer = setTimeout(next, quietMs);
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What is wrong with the answer to a plain request for a path of its own. */
async function askInnocently(port: number, id: number, patienceMs: number): Promise<string | undefined> {
  const path = `/now/innocent-${id}`;
  for (let left = triesMax; ; left--) {
    const text = await answerTo(port, path, patienceMs);
    if (/^x-path: ?(.*)\r$/im.exec(text)?.[1] === path) return undefined;
    // The edge shares this process: when the machine is busy it may turn somebody away, and say so.
    if (left > 0 && /^holdfast-error: overloaded\r$/im.test(text)) await sleep(100);
    else return `an innocent visitor's answer was ${JSON.stringify(text.slice(0, 200))}`;
  }
}

function answerTo(port: number, path: string, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let text = '';
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.setEncoding('latin1').on('data', (more: string) => {
      text += more;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}
