/** Bounds of one HTTP/2 connection, each with its reason. Sizes are bytes. */
export const http2Limits = {
  /** RFC 9113 section 6.5.2 asks for at least 100; the same as nginx and Apache take or more. */
  streamsMax: 128,
  /** One frame: the size that needs no agreement, and that of a TLS record. */
  frameBytesMax: 16 << 10,
  /** A whole header block as it is sent; the same bound as for a head of HTTP/1.1. */
  headBlockBytesMax: 64 << 10,
  /** Frames that one header block may be cut into. Four hold the largest; nghttp2 takes nine. */
  headFramesMax: 32,
  /** Field lines of a request (`headLimits.headersMax`), and pseudo-headers before them. */
  fieldsMax: 110,
  /** Of HPACK, both ways: the size that needs no agreement (RFC 9113 section 6.5.2). */
  tableBytesMax: 4096,
  /** What a visitor may send of one body before it was taken: fills 100 Mbit/s at 20 ms. */
  streamWindowBytes: 256 << 10,
  /** The same of all bodies of a connection: what is kept of those that nobody takes yet. */
  connectionWindowBytes: 2 << 20,
  /** Entries of one SETTINGS frame; the RFCs know seven. */
  settingsMax: 32,
  /** Acknowledgements that wait to be read by a visitor; nghttp2's bound. */
  acknowledgementsMax: 1000,
  /**
   * Streams that came to nothing, whoever reset them (rapid reset, CVE-2023-44487): a page has some hundred resources, and
   * a visitor that leaves cancels them all once.
   */
  resetsBurst: 400,
  resetsPerSecond: 20,
  /** Frames of a body without an octet of it. Some clients send one at its end. */
  emptyFramesBurst: 1000,
  emptyFramesPerSecond: 100,
  /** Streams that were reset here and on which frames may still be under way. */
  resetStreamsKept: 256,
  /** What is gathered for one write: an origin's read in four frames, or the largest head. */
  outBytes: 88 << 10,
  /** Of it, what only frames that concern the connection itself may use. */
  outControlBytes: 16 << 10,
  /**
   * A piece of an answer that must wait is copied up to this size, and its writer waits for room when more than this waits;
   * the same as `socketLimits.copiedBytesMax`.
   */
  copiedBytesMax: 16 << 10,
  /** Free pieces of `outBytes` that a worker keeps. */
  outFreeMax: 32,
  /** What is told of the way a visitor opens the connection. */
  prioritiesToldMax: 64,
  /** A request has at most five (RFC 9113 section 8.3.1, RFC 8441). */
  pseudoHeadersTold: 8,
} as const;
