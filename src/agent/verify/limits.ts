/** Bounds and times of the agent's part in verifying bots. */
export const verifyLimits = {
  /** After the start: an edge first brings its own bundles into force, and a short-lived one asks nobody. */
  firstRefreshMs: 30_000,
  /** Operators change their lists every few days; half a day keeps a verdict of `outside-ranges` right. */
  refreshMs: 12 * 3_600_000,
  /** After a failure, doubling up to `refreshMs`. */
  retryMsFirst: 60_000,
  /** A list that was not confirmed for so long calls nobody a liar any more. */
  freshMs: 3 * 86_400_000,
  /** A list that lost more than this share is not believed … */
  shrinkShareMax: 0.5,
  /** … until the last good one is as old as this. */
  shrinkBelievedMs: 7 * 86_400_000,
  fetchMsMax: 20_000,
  /** `https:` to `https:`; operators move their lists. */
  redirectsMax: 3,
  /** One after another would take minutes where nothing answers; all at once is a burst for nothing. */
  fetchesAtOnce: 4,
  /** Addresses that wait to be looked up; more are left for later, unknown until then. */
  lookupsWaitingMax: 1_024,
  lookupsAtOnce: 8,
  /** Of one question to one server; a server that does not answer is asked twice. */
  dnsTimeoutMs: 2_000,
  /** Names of one address; real crawlers have one. */
  namesPerAddressMax: 4,
  /** Answers that a new worker is told. */
  answersMax: 8_192,
  /** A crawler's address stays its own for days; name servers say for how long, within these. */
  confirmedMsMin: 600_000,
  confirmedMsMax: 86_400_000,
  /** Addresses change hands, and an operator may be late with a name. */
  deniedMs: 1_800_000,
  failedMs: 600_000,
  /** While not one lookup in this time was answered, name servers are out of reach: nothing is said of anybody. */
  outageMs: 300_000,
} as const;
