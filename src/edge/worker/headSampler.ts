import { headersFromRaw, type RequestHead } from '../../http/index.ts';

export const sampleLimits = {
  headsMax: 200,
  /** Heads above it are left out: 200 of them are 1.6 MB at the most, and rehearsal needs none so fat. */
  headCharsMax: 8 << 10,
  /** Once there are `headsMax`, one head in this time takes the oldest one's place: the samples span 10 s at least. */
  everyMs: 50,
} as const;

/** Values that are secrets of a visitor; they leave the worker as filler of the same length. */
const secretNames = new Set(['cookie', 'authorization', 'proxy-authorization']);

/** Keeps a few recent request heads for the agent's rehearsal, in bounded memory and at next to no cost per request. */
export class HeadSampler {
  readonly #heads: RequestHead[] = [];
  #next = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #hasChanged = false;

  offer(head: RequestHead, nowMs: number): void {
    const isFull = this.#heads.length >= sampleLimits.headsMax;
    if (isFull && nowMs - this.#lastMs < sampleLimits.everyMs) return;
    this.#lastMs = nowMs;
    if (charsOf(head) > sampleLimits.headCharsMax) return;
    this.#heads[this.#next] = head;
    this.#next = (this.#next + 1) % sampleLimits.headsMax;
    this.#hasChanged = true;
  }

  /** The samples without secrets; undefined when nothing was added since the last call. */
  takeChanged(): readonly RequestHead[] | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return this.#heads.map(withoutSecrets);
  }
}

function charsOf(head: RequestHead): number {
  return head.rawHeaders.reduce((sum, text) => sum + text.length, head.target.length);
}

export function withoutSecrets(head: RequestHead): RequestHead {
  const rawHeaders = head.rawHeaders.map((text, index) =>
    index % 2 === 1 && secretNames.has(head.rawHeaders[index - 1]!.toLowerCase()) ? 'x'.repeat(text.length) : text,
  );
  return { ...head, rawHeaders, headers: headersFromRaw(rawHeaders) };
}
