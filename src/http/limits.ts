/** Bounds on what is read as a request's head. */
export const headLimits = {
  /** nginx takes 4 × 8 KiB, Apache 100 × 8 KiB, Node 16 KiB; browsers with fat cookies stay below 32 KiB. */
  headBytesMax: 64 << 10,
  /** Apache's LimitRequestFields; the fattest browser head seen has 24. */
  headersMax: 100,
  methodCharsMax: 32,
} as const;
