import type { BotIdentity } from './verifiedBots.ts';

/** Why there is no score: closed list; also the log and metric word. */
export const absentReasons = [
  'killed',
  'no-features',
  'no-model',
  'module-failed',
  'circuit-open',
  'not-scored',
] as const;
export type AbsentReason = (typeof absentReasons)[number];

/**
 * What the bots module says of a request. An absent score is absent, never 0 (design invariant 4). `score` is a whole
 * number from 1 (automated) to 99 (human); 1 comes from heuristics alone, the model gives 2–99.
 */
export type BotVerdict =
  | { readonly kind: 'absent'; readonly reason: AbsentReason; readonly identity?: BotIdentity }
  | {
      readonly kind: 'scored';
      readonly score: number;
      readonly source: 'heuristics' | 'model';
      /** Ids of the heuristics that hit, in their fixed order. */
      readonly heuristics: readonly string[];
      /** The feature vector in the feature file's order; NaN is missing. The verdict's own until it is released. */
      readonly vector: Float32Array;
      /** Hash of the order and spelling of the head's names, for the log; left away where nobody logs. */
      readonly headerOrder?: number;
      /** Whether the client is a verified bot, apart from the score; undefined: unknown. */
      readonly verified: boolean | undefined;
      /** Whose bot it is, and how we know; left away where nobody looked (replays, tests), and then `verified` is false. */
      readonly identity?: BotIdentity;
    };
