/*
 * Closed lists of words that are labels of metrics and lines of the log. Whoever counts by them and whoever shows them read
 * them here, so neither has to know the other.
 */

/** On which side of 30 two scores lie; the first word is the model that acts. */
export const agreements = ['both-below', 'both-above', 'below-above', 'above-below'] as const;

/** Who left when an answer broke off; `edge`: one of its modules failed on the answer. */
export const breakers = ['visitor', 'origin', 'edge'] as const;
export type BrokenBy = (typeof breakers)[number];

/** Why a line of the access log was lost. `slow`: more lines came than whoever takes them reads. */
export const lineLosses = ['slow', 'disk-full', 'not-writable', 'stopped'] as const;
export type LineLoss = (typeof lineLosses)[number];

/** told: to another worker; heard: from one; adopted: clients and addresses that a new worker took over. */
export const observationWays = ['told', 'heard', 'adopted'] as const;

/**
 * Why an observation did not reach a worker. full: nobody took it in time; slow: the peer did not read; gone: the peer could
 * not be reached; late: it came when its time was long over; busy: more than may be counted; foreign: no frame of ours,
 * counted once per connection that was cut off for it.
 */
export const observationLosses = ['full', 'slow', 'gone', 'late', 'busy', 'foreign'] as const;
export type ObservationLoss = (typeof observationLosses)[number];

/** In this order: each sheds what the one before it sheds, too. */
export const overloadStates = ['calm', 'shed-connections', 'shed-requests'] as const;
export type OverloadState = (typeof overloadStates)[number];

/** exit: a worker ended by itself; signal: somebody else ended it; hung: it was silent, and the supervisor ended it. */
export const deathCauses = ['exit', 'signal', 'hung'] as const;
export type DeathCause = (typeof deathCauses)[number];

/** asked: an upgrade, or the agent wants it; memory: it held more than it may. */
export const replacementCauses = ['asked', 'memory'] as const;
export type ReplacementCause = (typeof replacementCauses)[number];
