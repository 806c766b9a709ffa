import { type RequestHead, type RequestHeadParts, requestHead } from '../../http/index.ts';
import { rehearsalLimits } from './limits.ts';

interface Sample {
  readonly parts: RequestHeadParts;
  readonly bytes: number;
}

/**
 * The last real request heads of this edge, bounded in count and bytes: what a new bundle is rehearsed on. Where room is
 * short the worker with the most heads gives its oldest, so that a busy one does not push the others out.
 */
export class SampleHeads {
  readonly #bySlot = new Map<number, Sample[]>();
  #heads = 0;
  #bytes = 0;

  add(slot: number, heads: readonly RequestHeadParts[]): void {
    const samples = this.#bySlot.get(slot) ?? [];
    this.#bySlot.set(slot, samples);
    for (const parts of heads) {
      const bytes = parts.target.length + parts.rawHeaders.reduce((sum, text) => sum + text.length, 0);
      samples.push({ parts, bytes });
      this.#heads += 1;
      this.#bytes += bytes;
    }
    while (this.#heads > rehearsalLimits.sampleHeadsMax || this.#bytes > rehearsalLimits.sampleBytesMax) this.#evict();
  }

  /** Oldest first within each worker. */
  list(): RequestHead[] {
    return [...this.#bySlot.values()].flat().map(({ parts }) => requestHead(parts));
  }

  #evict(): void {
    const [most] = [...this.#bySlot.values()].sort((one, other) => other.length - one.length);
    this.#heads -= 1;
    this.#bytes -= most?.shift()?.bytes ?? 0;
  }
}
