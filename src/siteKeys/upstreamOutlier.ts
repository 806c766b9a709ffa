import { recordOf, trueOrFalse, wholeNumber } from '../shape/index.ts';

/** When an origin that fails requests gets none for a while. */
export const outlier = recordOf(
  {
    enabled: trueOrFalse({ default: true, says: '`false`: an origin that fails requests gets more of them' }),
    // Envoy's figure.
    failures: wholeNumber({
      min: 1,
      max: 1_000,
      default: 5,
      says: 'failures in a row (no connection, no whole answer, 502, 503, 504) that eject an origin',
    }),
    ejectMs: wholeNumber({
      min: 100,
      max: 3_600_000,
      default: 10_000,
      says: 'the first pause; each ejection soon after the last doubles it',
    }),
    ejectMsMax: wholeNumber({ min: 100, max: 86_400_000, default: 300_000, says: 'the longest pause' }),
  },
  { says: 'when an origin that fails requests gets none for a while' },
);
