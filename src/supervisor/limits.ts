/** Times and counts by which the supervisor keeps its processes. */
export const supervisorLimits = {
  /** How often silence is looked for; a tenth of the shortest silence. */
  checkEveryMs: 250,
  /** From spawn to `ready`: loading an 8 MiB model on a busy machine takes a few seconds. */
  startMsMax: 20_000,
  /** How long `ready` waits for sites; an edge without any is up, too, and says what it lacks. */
  firstServeMsMax: 8_000,
  /** A first restart is immediate, later ones wait, up to this. */
  restartDelayMsFirst: 250,
  restartDelayMsMax: 5_000,
  /** A process that lived this long starts again with no delay and no bad record. */
  healthyAfterMs: 10_000,
  /** Deaths in a row on a set loaded from disk before a worker starts one rung lower: without an agent, and with one. */
  deathsBeforePrevious: 2,
  deathsBeforePreviousWithAgent: 4,
  /** A worker above its memory limit in so many heartbeats in a row (2 s) is replaced, at most this often. */
  memoryHeartbeats: 8,
  memoryPauseMs: 60_000,
  /** An agent that is replaced ends within this, or is killed. */
  agentStopMs: 2_000,
  /** A replaced worker finishes its requests within this; longer downloads are cut. */
  drainMs: 30_000,
  /** The same when everything ends; below what `holdfast up` grants the edge (12 s). */
  stopMs: 9_000,
  /** When the parent is gone there is nobody to wait for. */
  orphanStopMs: 2_000,
  /** Words to a service manager that wait, each sent within `notifyMsMax`; a watchdog below a second is a mistake. */
  notificationsMax: 16,
  notifyMsMax: 5_000,
  watchdogMsMin: 1_000,
  /** Between a deadline told to a process and its SIGKILL. */
  killGraceMs: 1_000,
} as const;
