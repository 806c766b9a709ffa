/** Rows for the trainer, by column: float32 as the edge sees them, NaN is missing. */
export interface TrainingTable {
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  /** 1 where the row is a person's. */
  readonly humans: Uint8Array;
}
