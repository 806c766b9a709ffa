/** Batches that wait for ClickHouse, bounded in bytes. The newest is turned away when there is no room. */
export class BatchQueue {
  readonly #bytesMax: number;
  #batches: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#batches.length;
  }

  offer(batch: Buffer): boolean {
    if (this.#bytes + batch.length > this.#bytesMax) return false;
    this.#batches.push(batch);
    this.#bytes += batch.length;
    return true;
  }

  /** The oldest batches, at least one if there is any and no more than `bytesMax` together with it. They stay. */
  head(bytesMax: number): readonly Buffer[] {
    let count = 0;
    let bytes = 0;
    for (const batch of this.#batches) {
      if (count > 0 && bytes + batch.length > bytesMax) break;
      bytes += batch.length;
      count++;
    }
    return this.#batches.slice(0, count);
  }

  /** Lets the oldest go. */
  remove(count: number): void {
    for (const batch of this.#batches.splice(0, count)) this.#bytes -= batch.length;
  }
}
