/** What a number in a site's settings may be, and what it is when nothing is said. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

type Ranges = Readonly<Record<string, NumberRange>>;

function range(min: number, max: number, whenUnsaid: number): NumberRange {
  return { min, max, default: whenUnsaid };
}

/** Numbers that stand directly in `upstream`. */
export const upstreamRanges = {
  /** A SYN that was lost is sent again after 1 and 3 s. */
  connectTimeoutMs: range(10, 60_000, 5_000),
  /** nginx and most load balancers wait 60 s; reports and exports take longer, hence an hour. */
  answerTimeoutMs: range(10, 3_600_000, 60_000),
  bodyIdleTimeoutMs: range(10, 3_600_000, 60_000),
  /** Origins close idle connections after 5 s (Node), 15 s (Apache) or 75 s (nginx); below the first saves retries. */
  keepAliveMs: range(0, 600_000, 4_000),
  /** More would only wait in a queue without end. */
  requestsMax: range(1, 65_536, 4_096),
} as const satisfies Ranges;

export const healthRanges = {
  intervalMs: range(100, 3_600_000, 5_000),
  timeoutMs: range(10, 60_000, 2_000),
  unhealthyAfter: range(1, 100, 3),
  healthyAfter: range(1, 100, 2),
} as const satisfies Ranges;

export const outlierRanges = {
  /** Envoy's figure. */
  failures: range(1, 1_000, 5),
  ejectMs: range(100, 3_600_000, 10_000),
  ejectMsMax: range(100, 86_400_000, 300_000),
} as const satisfies Ranges;

export const retriesRanges = {
  /** One answers an origin that just died; more multiply a fault that all origins share. */
  max: range(0, 5, 1),
} as const satisfies Ranges;

export const limitRanges = {
  /** 1 TiB: what the edge takes at most anyway; more is a mistake or an attack on somebody's arithmetic. */
  bodyBytesMax: range(0, 2 ** 40, 2 ** 40),
  /** What the edge reads at most; below 1 KiB not even plain browsers get through. */
  headBytesMax: range(1_024, 64 << 10, 64 << 10),
} as const satisfies Ranges;

/** A weight of 0 would be an origin that is none. */
export const weightRange = range(1, 1_000, 1);
