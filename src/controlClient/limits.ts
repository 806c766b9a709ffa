import { payloadBytesMax } from '../contract/bundleKind.ts';
import { limits } from '../contract/limits.ts';

/** Bounds on the talk with control, whoever asks. */
export const controlClientLimits = {
  /** The longest bundle of any kind. Nothing else that control says comes near. */
  answerBytesMax: Math.max(...Object.values(payloadBytesMax)) + limits.envelopeHeaderBytesMax,
  /** What an edge is told beside bundles: a few hundred bytes. */
  shortAnswerBytesMax: 256 << 10,
  /** Of an answer nobody expected, in the sentence about it. */
  unexpectedCharsMax: 300,
} as const;
