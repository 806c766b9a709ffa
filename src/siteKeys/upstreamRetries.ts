import { recordOf, wholeNumber } from '../shape/index.ts';

/** Part of the row of the site key `upstreamRetries`. */
export const retries = recordOf(
  {
    // One answers an origin that just died; more multiply a fault that all origins share.
    max: wholeNumber({
      min: 0,
      max: 5,
      default: 1,
      says: 'further attempts of a request that the origin cannot have begun, or that is idempotent (RFC 9110 section 9.2.2) and has no body; elsewhere if there is an elsewhere',
    }),
  },
  { says: 'how often a request is sent again' },
);
