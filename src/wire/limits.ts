/** Bounds on what is read of a connection before HTTP begins. Sizes are bytes. */
export const wireLimits = {
  /** Worst line of PROXY protocol version 1, CRLF included (section 2.1 of its specification). */
  proxyLineBytesMax: 107,
  /** A whole version 2 header. nginx takes 4096; a chain's TLVs (names, a client certificate's subject) stay far below. */
  proxyHeaderBytesMax: 4096,
  /** A ClientHello with its four bytes of type and length: post-quantum ones have 1.8 KB, fat session tickets 4 KB. */
  helloBytesMax: 16 << 10,
  /** Records of one hello. Stacks send one; tools against censors cut it into two to ten. */
  helloRecordsMax: 32,
  /** Browsers send up to 20; JA4 counts to 99. Each is compared with all before it, to find doubles. */
  helloExtensionsMax: 128,
  /** DNS knows no longer name, and OpenSSL takes none. */
  serverNameBytesMax: 255,
  /** What is read to learn the order of the first request's pseudo-headers; browsers need less than 300 bytes. */
  prefaceBytesMax: 16 << 10,
  /** Up to the end of the first header block. Firefox used to send nine; a flood is for the HTTP/2 stack to end. */
  prefaceFramesMax: 64,
  /** RFC 9113 knows six, two were added since; some clients add one nobody knows. */
  prefaceSettingsMax: 32,
  /** A request has at most five (RFC 9113 section 8.3.1, RFC 8441). */
  pseudoHeadersMax: 8,
  /** SETTINGS_MAX_FRAME_SIZE before anything else was agreed (RFC 9113 section 6.5.2). */
  frameBytesMax: 1 << 14,
} as const;
