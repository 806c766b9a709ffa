/** Bounds and waits of the data plane, each with its reason. Sizes are bytes, times are milliseconds. */
export const edgeLimits = {
  /** A whole request head; the same bound as `http/`'s reader. */
  headBytesMax: 64 << 10,
  headersMax: 100,
  /** From the connection's opening (or the previous answer's end) to the head's last byte: a slow loris ends here. */
  headMs: 10_000,
  /** How often the listener looks for connections past `headMs`. */
  headCheckMs: 1_000,
  /** Browsers reuse a connection for a minute or two; an idle one costs about 10 KB. */
  keepAliveMs: 75_000,
  connectMs: 5_000,
  /** From the request's last byte to the answer's first; nginx and most load balancers use 60 s. */
  answerMs: 60_000,
  /** Between two pieces of a body, either way, while there is room for one. */
  bodyIdleMs: 60_000,
  /** A WebSocket may be quiet for long; browsers and libraries ping every 20 to 60 s. */
  tunnelIdleMs: 600_000,
  /** Origins close idle connections after 5 s (Node), 15 s (Apache) or 75 s (nginx); below the first saves retries. */
  upstreamKeepAliveMs: 4_000,
  /** How long the origin may leave `Expect: 100-continue` unanswered before the edge answers it itself. */
  continueMs: 1_000,
  /** What a visitor may still send of a body after the answer is complete, before the connection ends. */
  lingerMs: 2_000,
  /** 1 TiB; more is a mistake or an attack on somebody's arithmetic. */
  bodyBytesMax: 2 ** 40,
  /** Requests of one connection that may wait for an answer; browsers do not pipeline, tools use up to 16. */
  pipelinedMax: 32,
  /** About 12 KB each when idle: 240 MB at the worst. */
  connectionsMax: 20_000,
  /** Requests on their way to one origin from one worker; more would only wait in a queue without end. */
  upstreamRequestsMax: 4_096,
  upstreamFreeConnectionsMax: 256,
  /** A request that passed this edge so often goes in circles. */
  viaMax: 5,
  /** What is read and written at a time; two of these per direction are in flight for each exchange. */
  streamBufferBytes: 64 << 10,
} as const;
