/** Bounds on the talk with control. */
export const publishLimits = {
  /** A call, its answer included: control stores a bundle within a second, and the cycle that waits is made again. */
  controlMsMax: 10_000,
} as const;
