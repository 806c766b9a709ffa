/** Of one worker at one moment. */
export interface WorkerGauges {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** The longest in the last second. */
  readonly loopDelayMs: number;
  /** One of `overloadStates`; a worker of another release may know more. */
  readonly overload: string;
  readonly connections: ConnectionCounts;
}

/** Connections of one worker. `open` holds the visitors' other three. */
export interface ConnectionCounts {
  readonly open: number;
  readonly idle: number;
  /** Requests that wait for their origin or whose body is under way. */
  readonly inRequest: number;
  readonly tunnels: number;
  /** To origins, kept ones too. */
  readonly upstream: number;
}
