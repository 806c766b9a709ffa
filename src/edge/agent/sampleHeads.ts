import type { RequestHead } from '../../http/requestHead.ts';
import { agentLimits } from './limits.ts';

/** The last real request heads of this edge, bounded in count and bytes: what a new bundle is rehearsed on. */
export class SampleHeads {
  #heads: { readonly head: RequestHead; readonly bytes: number }[] = [];
  #bytes = 0;

  add(heads: readonly RequestHead[]): void {
    for (const head of heads) {
      const bytes = head.target.length + head.rawHeaders.reduce((sum, text) => sum + text.length, 0);
      this.#heads.push({ head, bytes });
      this.#bytes += bytes;
    }
    while (this.#heads.length > agentLimits.sampleHeadsMax || this.#bytes > agentLimits.sampleBytesMax) {
      this.#bytes -= this.#heads.shift()?.bytes ?? 0;
    }
  }

  /** Oldest first. */
  list(): RequestHead[] {
    return this.#heads.map(({ head }) => head);
  }
}
