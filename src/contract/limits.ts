/** Bounds on everything that crosses a process. Each with the reason for its size. */
export const limits = {
  /** Figures of the 2025-11-18 incident: 60 in use, memory for 200. */
  featuresMax: 200,
  featuresBytesMax: 1 << 20,
  featureNameCharsMax: 64,
  /** One feature file may not lose or gain more than this share of the last one's features. */
  featuresShrinkShareMax: 0.25,
  featuresGrowShareMax: 0.5,
  /** 300 trees × depth 6 have 38,100 nodes; a node is about 40 bytes of JSON. */
  modelBytesMax: 8 << 20,
  modelTreesMax: 500,
  modelNodesMax: 65_536,
  /** Bounds a walk: 500 trees × 64 steps are 32,000 comparisons, some 50 µs. */
  modelDepthMax: 64,
  sitesBytesMax: 4 << 20,
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
  expressionCharsMax: 4_096,
  switchesBytesMax: 64 << 10,
  switchesMax: 1_000,
  /** The envelope's first line: a fixed set of short fields. */
  envelopeHeaderBytesMax: 4_096,
  /** Findings in one refusal; more are counted, not listed. */
  findingsMax: 100,
  /** Names listed in one finding. */
  namesPerFindingMax: 250,
} as const;
