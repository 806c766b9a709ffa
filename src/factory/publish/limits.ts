/** Bounds on the talk with control. */
export const publishLimits = {
  /** An answer of control's API: the model is the largest. */
  controlAnswerBytesMax: 16 << 20,
  controlTimeoutMs: 10_000,
} as const;
