import { siteLimits } from '../siteKeys/index.ts';

/** Bounds on everything that crosses a process. Each with the reason for its size. How large a payload may be stands in its kind's row. */
export const limits = {
  /** Figures of the 2025-11-18 incident: 60 in use, memory for 200. */
  featuresMax: 200,
  featureNameCharsMax: 64,
  /** One feature file may not lose or gain more than this share of the last one's features. */
  featuresShrinkShareMax: 0.25,
  featuresGrowShareMax: 0.5,
  modelTreesMax: 500,
  modelNodesMax: 65_536,
  /** Bounds a walk: 500 trees × 64 steps are 32,000 comparisons, some 50 µs. */
  modelDepthMax: 64,
  /** Rows that a request may be looked up in; a worker holds about 150 bytes for each. JA4s and header orders: browsers have hundreds. */
  signalRowsMax: { ja4: 1_000, headerOrder: 1_000, network: 2_000, asn: 1_000 },
  /** A table may lose this share of its rows against the last file… */
  signalsShrinkShareMax: 0.5,
  /** … which is asked of tables that had more than so many: few rows come and go by chance. */
  signalsShrinkRowsMin: 20,
  /** … and whose hour ended within this time of the new one's: between two cycles traffic does not halve, over a night it does. */
  signalsShrinkWithinMs: 30 * 60_000,
  /**
   * Steps of countries and autonomous systems: the public tables of June 2026 make 488,000 and 211,000. A step is 9 octets of IPv4, 13 of
   * IPv6, and so is what a worker holds of it.
   */
  networkStepsMax: { ipv4: 700_000, ipv6: 300_000 },
  /** Steps of the operator's lists, each range making two; 8 and 12 octets. All published ranges of 24 operators make 60,000. */
  memberStepsMax: { ipv4: 120_000, ipv6: 60_000 },
  /** One bit each. */
  listNamesMax: 32,
  /** One octet, less 0. */
  listCountriesMax: 255,
  listSourcesMax: 64,
  listSourceCharsMax: 500,
  /** Of all IPv4 addresses, or of 2000::/3, in one list: all clouds of the world have less than a tenth. */
  listShareMax: 0.25,
  /** Lists may lose this share of their steps, and this many of their names, against the last file. */
  listsShrinkShareMax: 0.5,
  listNamesShrinkShareMax: 0.25,
  /** … which is asked of tables that had so many steps. */
  listsShrinkStepsMin: 20,
  ...siteLimits,
  switchesMax: 1_000,
  /** The envelope's first line: a fixed set of short fields. */
  envelopeHeaderBytesMax: 4_096,
  /** Findings in one refusal; more are counted, not listed. */
  findingsMax: 100,
  /** Names listed in one finding. */
  namesPerFindingMax: 250,
} as const;
