/** Bounds on what is read of a connection before HTTP begins. Sizes are bytes. */
export const wireLimits = {
  /** Worst line of PROXY protocol version 1, CRLF included (section 2.1 of its specification). */
  proxyLineBytesMax: 107,
  /** A whole version 2 header. nginx takes 4096; a chain's TLVs (names, a client certificate's subject) stay far below. */
  proxyHeaderBytesMax: 4096,
} as const;
