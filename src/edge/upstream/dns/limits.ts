/** Bounds on resolving origins' names, each with its reason. */
export const dnsLimits = {
  /** Names whose addresses are held; some 500 bytes each. A thousand sites with two named origins each. */
  namesMax: 2_048,
  addressesPerNameMax: 64,
  /** A TTL of 0 means "ask each time", which no connection may wait for. */
  ttlMsMin: 5_000,
  /** Whoever moves a service looks at it within the hour, whatever the TTL was. */
  ttlMsMax: 3_600_000,
  /** What `lookup` knows has no TTL: the hosts file, the resolver of the system. */
  ttlMsUnknown: 30_000,
  /** Asked again at this share of the TTL, so that the new answer is there before the old one has ended. */
  refreshShare: 0.8,
  /** After a failure: soon for whoever waits, and not in the way of a resolver that is down. */
  failedAskMs: 5_000,
  /** How long a failure is the answer to further questions. */
  failedHoldMs: 1_000,
  /** Questions that refreshing may have open at a time. */
  refreshesMax: 32,
  /** An answer that nobody used for so long, and no site names, is forgotten. */
  nameUnusedMs: 600_000,
  /** A hosts file of an ad blocker has 5 MB; above that the system's own resolver may read it. */
  hostsFileBytesMax: 8 << 20,
} as const;
