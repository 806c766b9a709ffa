/** Bounds of the last-good store. */
export const lastGoodLimits = {
  /** Confirmed bundles kept per kind beside those in use: an hour of a five-minute feed is 12, half of it is enough to look back. */
  bundlesKeptMax: 8,
  /** Refused content kept for a person to look at; the numbers themselves stay in the state. */
  quarantinedFilesMax: 4,
  /** Numbers remembered as quarantined per kind. */
  quarantinedMax: 64,
  /** The state: a few hundred numbers and at most some dozen keys of 150 bytes. */
  stateBytesMax: 64 << 10,
  trustBytesMax: 64 << 10,
  /** Sets of kinds that stand together (features and model) tried when neither state nor the sets it names can be used. */
  setsTriedMax: 8,
} as const;
