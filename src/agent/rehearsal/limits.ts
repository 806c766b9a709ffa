/** Bounds of rehearsal: how many heads, and what a shift of their scores may be. */
export const rehearsalLimits = {
  /** Recent real requests kept for rehearsal, and how many bytes they may take together. */
  sampleHeadsMax: 200,
  sampleBytesMax: 2 << 20,
  /** Rehearsal: from how many heads on a shift says anything. */
  shiftHeadsMin: 20,
  shiftMeanMax: 25,
  fallHeadsMin: 50,
  fallShareMax: 0.2,
  /** Median time of one judgement in the child, cold and on a busy machine; warm it is some 20 µs. */
  judgeMsMax: 5,
  /** The most hostile request, best of three; a worker that meets 100 of those a second loses all of its time. */
  judgeSlowestMsMax: 10,
} as const;
