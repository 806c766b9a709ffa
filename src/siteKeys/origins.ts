import { listOf, recordOf, required, wholeNumber } from '../shape/index.ts';
import { originUrl } from './origin.ts';
import { siteLimits } from './texts/limits.ts';

/** Part of the row of the site key `origins`. */
export const oneOrigin = recordOf(
  {
    url: required({
      ...originUrl,
      says: 'as `origin`',
      once: {
        scope: 'origins',
        twice: (url: string, before: string) =>
          `${url} is ${before} already; a weight says how much of the requests it gets`,
        repeated: 'origins that stand twice',
      },
    } as const),
    // A weight of 0 would be an origin that is none.
    weight: wholeNumber({
      min: 1,
      max: 1_000,
      default: 1,
      what: 'the weight',
      says: "its part of the requests, relative to the others'",
    }),
  },
  { what: 'one of several origins' },
);

export const origins = listOf(oneOrigin, {
  says: 'instead of `origin`: several, each with its part of the requests',
  reason: 'origin-invalid',
  each: 'origin',
  min: 1,
  max: siteLimits.originsPerSiteMax,
  none: 'there are no origins; name at least one',
  opens: 'origins',
});
