/** Bounds on what is read as a message. Sizes are bytes. */
export const headLimits = {
  /** nginx takes 4 × 8 KiB, Apache 100 × 8 KiB, Node 16 KiB; browsers with fat cookies stay below 32 KiB. */
  headBytesMax: 64 << 10,
  /** Apache's LimitRequestFields; the fattest browser head seen has 24. */
  headersMax: 100,
  methodCharsMax: 32,
  /** Empty lines before a first line; see `skipEmptyLines`. */
  emptyLinesMax: 2,
} as const;

export const bodyLimits = {
  /** 1 TiB; more is a mistake or an attack on somebody's arithmetic. */
  bodyBytesMax: 2 ** 40,
  /** Zeros before a chunk's size are legal; so many digits hold every size that may be. */
  chunkSizeDigitsMax: 16,
  /** Nobody uses extensions; each is read and thrown away. */
  chunkExtensionBytesMax: 256,
  /** All extensions of one body: a chunk of one byte must not drag 256 along for ever. */
  chunkExtensionsBytesMax: 16 << 10,
  /** Trailers are checked and thrown away (a signature or a checksum is below 1 KiB). */
  trailersBytesMax: 8 << 10,
} as const;
