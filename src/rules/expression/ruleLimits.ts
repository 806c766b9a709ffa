/** Bounds on one expression and on what it may cost per request, each with the sum behind it. */
export const ruleLimits = {
  /** Brackets, calls and ternaries inside one another. The parser recurses about 15 frames for each; 800 overflow it. */
  nestingMax: 32,
  /** Dots outside of texts: two for each of the operations below. */
  dotsMax: 600,
  /** Height of the tree, which a chain like `1 + 1 + ...` grows without brackets. Our passes recurse 1–2 frames each. */
  treeHeightMax: 64,
  /** Operations in one expression; constants in a list are one lookup and do not count. At ~5 ns each: 1.5 µs. */
  nodesMax: 300,
  /** Items of one list; 4,096 characters hold about 1,000 of the shortest. */
  listItemsMax: 500,
  /** Characters of one pattern. */
  patternCharsMax: 512,
  /** Instructions of one compiled pattern: about one per character class, after repetitions are written out. */
  patternProgramMax: 512,
  /** States of a pattern's automaton: a list of 20 crawlers has 130, `Chrome/.{1,20}Safari` 1,256, `a.{0,20}b` a million. */
  patternStatesMax: 2_000,
  /** States × character classes, all computed when the pattern is compiled: at ~2 µs each, 80 ms at the most. */
  patternCellsMax: 40_000,
  /** Characters of a text that a pattern or `contains` looks at; a longer text is unknown. 8 KiB is a long path or header. */
  searchedCharsMax: 8_192,
  /** Patterns in one site's rules: 100 × 8 KiB × ~8 ns/char = 6.5 ms is the most that patterns may cost a request. */
  patternsPerSiteMax: 100,
  /** Characters of a text that another is searched for with `contains`. */
  needleCharsMax: 256,
  /** The same over one site's rules: a search costs up to needle × text × 0.16 ns, so 4,096 × 8 KiB come to 5.4 ms. */
  needleCharsPerSiteMax: 4_096,
  /** Problems listed for one expression. */
  problemsMax: 20,
} as const;
