/** Bounds and times of the agent. */
export const agentLimits = {
  /** Processor time of one check (parse, validate, rehearse) in the child; the largest allowed bundle takes about one second. */
  checkCpuMsMax: 10_000,
  /** The same by the clock; a busy machine is no reason to refuse. */
  checkMsMax: 60_000,
  /** The child's JavaScript heap. An 8 MiB model parses into some 60 MiB. */
  childHeapMiB: 256,
  /** The child's whole memory; typed arrays and buffers live outside the heap. */
  childRssBytesMax: 512 << 20,
  childWatchEveryMs: 25,
  /** A child is used again after a check that went well; a new one now and then keeps leaks bounded. */
  checksPerChildMax: 100,
  /** Between two checks of one delivery; an idle one holds 65 MiB, and the next is there within 0.1 s. */
  childIdleMs: 2_000,
  /** How long a set is watched on the first worker, and again on the rest. */
  watchMs: 1_500,
  /** Behind the watch, the worker must say once more that it lives; longer than the silence that gets it killed. */
  lifeSignMsMax: 6_000,
  /** Heartbeats remembered per worker: ten seconds of them. */
  heartbeatsMax: 40,
  /** A worker loads, checks and compiles a set within this. */
  activateMsMax: 15_000,
  /** How long a rollout waits for a worker to be there at all. */
  workerWaitMsMax: 60_000,
  /** A candidate is tried this often before it is quarantined. */
  attemptsMax: 2,
  /** How long after it was confirmed a bundle may be the suspect when workers die: what ran longer did not begin it. */
  suspectMs: 60_000,
  /** How often a worker may be replaced or killed by a stranger under one trial before the trial is over. */
  disturbancesMax: 6,
  /** Deaths in a row of young workers on the current set before the agent demotes it. */
  deathsOnCurrentMax: 2,
  youngWorkerMs: 10_000,
  /** Outcomes kept for `GET /local/status`, and reports kept for control while it is away. */
  outcomesMax: 50,
  reportsMax: 100,
  healthEveryMs: 5_000,
  pollWaitS: 20,
  requestMsMax: 30_000,
  retryMsFirst: 500,
  retryMsMax: 15_000,
  /** Before a bundle that was refused for what may pass is fetched again: doubling up to a few minutes. */
  bundleRetryMsFirst: 1_000,
  bundleRetryMsMax: 300_000,
  /** A bundle over the local socket; people and scripts beside each other. */
  localRequestMsMax: 120_000,
  localConnectionsMax: 64,
} as const;
