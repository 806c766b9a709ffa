import type { RequestHead, RequestHeadParts } from '../../http/index.ts';

export const sampleLimits = {
  /** Taken as they come after the start, so that rehearsal soon has some; they wait until they are sent. */
  headsMax: 200,
  /** Heads above it are left out: rehearsal needs none so fat. */
  headCharsMax: 8 << 10,
  /** Behind the first `headsMax`, one head in this time. */
  everyMs: 100,
  /** With one sending a second: about 20 KB and half a millisecond of it, 80 KB at the most. */
  headsPerSending: 10,
} as const;

/** Values that are secrets of a visitor; they leave the worker as filler of the same length. */
const secretNames = new Set(['cookie', 'authorization', 'proxy-authorization']);

/**
 * Picks a few recent request heads for the agent's rehearsal, in bounded memory and at next to no cost per request. Each
 * is sent once; the agent keeps them.
 */
export class HeadSampler {
  readonly #unsent: RequestHead[] = [];
  #taken = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  offer(head: RequestHead, nowMs: number): void {
    if (this.#taken >= sampleLimits.headsMax && nowMs - this.#lastMs < sampleLimits.everyMs) return;
    this.#lastMs = nowMs;
    if (this.#unsent.length >= sampleLimits.headsMax || charsOf(head) > sampleLimits.headCharsMax) return;
    this.#taken += 1;
    this.#unsent.push(head);
  }

  /** The next heads to send, oldest first, without secrets; empty when nothing is new. */
  take(): readonly RequestHeadParts[] {
    return this.#unsent.splice(0, sampleLimits.headsPerSending).map(sampleOf);
  }
}

function charsOf(head: RequestHead): number {
  return head.rawHeaders.reduce((sum, text) => sum + text.length, head.target.length);
}

/** What `requestHead` makes the same head of again, secrets apart. */
export function sampleOf(head: RequestHead): RequestHeadParts {
  const { method, target, version, rawHeaders, scheme, clientAddress, handshake, isRelayed, host } = head;
  const withoutSecrets = rawHeaders.map((text, index) =>
    index % 2 === 1 && secretNames.has(rawHeaders[index - 1]!.toLowerCase()) ? 'x'.repeat(text.length) : text,
  );
  const sent = { method, target, version, rawHeaders: withoutSecrets, scheme, clientAddress, handshake, isRelayed };
  return { ...sent, authority: host };
}
