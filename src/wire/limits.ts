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
} as const;
