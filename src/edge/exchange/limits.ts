/** Bounds and waits of the data plane, each with its reason. Sizes are bytes, times are milliseconds. */
export const edgeLimits = {
  /** A whole request head; the same bound as `http/`'s reader. */
  headBytesMax: 64 << 10,
  /** From the connection's opening (or the previous answer's end) to the head's last byte: a slow loris ends here. */
  headMs: 10_000,
  /** A TLS handshake takes three flights; a phone in a tunnel needs seconds for them. */
  handshakeMs: 10_000,
  /** Browsers reuse a connection for a minute or two; an idle one costs about 10 KB. */
  keepAliveMs: 75_000,
  /** From the request's last byte to the answer's first; nginx and most load balancers use 60 s. */
  answerMs: 60_000,
  /** Between two pieces of a body, either way, while there is room for one. */
  bodyIdleMs: 60_000,
  /** A WebSocket may be quiet for long; browsers and libraries ping every 20 to 60 s. */
  tunnelIdleMs: 600_000,
  /** How long the origin may leave `Expect: 100-continue` unanswered before the edge answers it itself. */
  continueMs: 1_000,
  /** How long a visitor may still send a body after the answer is complete, or take the rest of a tunnel that is over. */
  lingerMs: 2_000,
  /** A visitor's requests that crossed our asking for no more are here by then (RFC 9113 section 6.8). */
  goAwayMs: 1_000,
  /** About 12 KB each when idle: 240 MB at the worst. */
  connectionsMax: 20_000,
  upstreamFreeConnectionsMax: 256,
  /**
   * A first start takes its sites from the local file or from control within a second or two. After this a worker listens
   * without any and says so to visitors: less than the supervisor waits before it tells that the edge is up.
   */
  sitesWaitMs: 7_000,
  /** Requests of one worker that wait at modules: a page of 4 KB each while their bodies wait in the kernel. */
  parkedMax: 10_000,
  /** Of a body that a module wants whole before the origin hears of it … */
  heldBodyBytesMax: 8 << 20,
  /** … and how many of them at a time, of one worker: 256 MiB at the worst. */
  heldBodiesMax: 32,
  /** A request that passed this edge so often goes in circles. */
  viaMax: 5,
} as const;
