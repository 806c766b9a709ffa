/** Bounds on header compression. Sizes are bytes unless said otherwise. */
export const hpackLimits = {
  /** What both tables begin with (RFC 7541 section 4.2, RFC 9113 section 6.5.2); our encoder never uses more. */
  tableBytesDefault: 4_096,
  /** What an entry or a field counts besides its octets (RFC 7541 section 4.1). */
  entryBytesExtra: 32,
  /** Octets behind an integer's prefix: 28 bits hold more than any block we take (RFC 7541 section 5.1 asks for a bound). */
  integerOctetsMax: 4,
  /** Size updates at the start of one block: the smallest in between and the last (RFC 7541 section 4.2). */
  sizeUpdatesMax: 2,
  /** Literals up to this size decode into one buffer kept for all; a larger one gets its own, dropped afterwards. */
  scratchBytes: 8 << 10,
  /** A longer value goes out without the table: four of them would push all else out. */
  sentValueCharsMax: 1_024,
  /** Entries of one name that are compared before a value counts as new. */
  sentChainMax: 16,
  /** Names that responses used and `knownFieldNames` does not have; origins are few and their names too. */
  responseNamesMax: 1_024,
  /** A longer name is not remembered. */
  responseNameCharsMax: 64,
} as const;
