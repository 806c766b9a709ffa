import { recordOf, wholeNumber } from '../shape/index.ts';

/** Bounds on what this site takes, within those of the edge. */
export const messageLimits = recordOf(
  {
    // 1 TiB: what the edge takes at most anyway; more is a mistake or an attack on somebody's arithmetic.
    bodyBytesMax: wholeNumber({
      min: 0,
      max: 2 ** 40,
      default: 2 ** 40,
      says: "bytes of a request's body; beyond it 413",
    }),
    // What the edge reads at most; below 1 KiB not even plain browsers get through.
    headBytesMax: wholeNumber({
      min: 1_024,
      max: 64 << 10,
      default: 64 << 10,
      says: "bytes of a request's line and headers; beyond it 431",
    }),
  },
  { says: 'bounds on what this site takes, [below](#limits-headers-redirects-error-pages)', reason: 'limit-invalid' },
);
