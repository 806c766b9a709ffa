/** Bounds on what sites say, each with the reason for its size. Part of `contract/limits.ts`. */
export const siteLimits = {
  sitesMax: 1_000,
  hostsPerSiteMax: 100,
  rulesPerSiteMax: 200,
  /** Choosing among origins looks at each. */
  originsPerSiteMax: 32,
  /** 4 MiB of sites hold 60 such texts; a private root and its intermediates take 10 KB. */
  pemCharsMax: 64 << 10,
  pemCertificatesMax: 32,
  healthPathCharsMax: 1_024,
  /** Linux's PATH_MAX less some. */
  keyPathCharsMax: 1_024,
  /** In one direction. Each is looked for among a message's lines. */
  headerEditsMax: 32,
  headerNameCharsMax: 128,
  /** A content security policy takes 2 KB. */
  headerValueCharsMax: 4_096,
  redirectsPerSiteMax: 200,
  redirectCharsMax: 2_048,
  /** Browsers give up after 20; a chain of ten is a mistake already. */
  redirectHopsMax: 10,
  errorPagesPerSiteMax: 32,
  errorPageCharsMax: 16_384,
  /** Of the answer of a rule that blocks: as much as an error page. */
  blockBodyCharsMax: 16_384,
  expressionCharsMax: 4_096,
} as const;
