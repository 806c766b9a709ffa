import { recordOf, wholeNumber } from '../shape/index.ts';
import { health } from './upstreamHealth.ts';
import { outlier } from './upstreamOutlier.ts';
import { retries } from './upstreamRetries.ts';
import { tls } from './upstreamTls.ts';

/** How a site's origins are spoken to. */
export const upstream = recordOf(
  {
    // A SYN that was lost is sent again after 1 and 3 s.
    connectTimeoutMs: wholeNumber({
      min: 10,
      max: 60_000,
      default: 5_000,
      says: 'for a connection to be made, TLS included',
    }),
    // nginx and most load balancers wait 60 s; reports and exports take longer, hence an hour.
    answerTimeoutMs: wholeNumber({
      min: 10,
      max: 3_600_000,
      default: 60_000,
      says: "from the request's last byte to the head of the answer",
    }),
    bodyIdleTimeoutMs: wholeNumber({
      min: 10,
      max: 3_600_000,
      default: 60_000,
      says: 'between two pieces of a body, either way',
    }),
    // Origins close idle connections after 5 s (Node), 15 s (Apache) or 75 s (nginx); below the first saves retries.
    keepAliveMs: wholeNumber({
      min: 0,
      max: 600_000,
      default: 4_000,
      says: "how long an idle connection is kept; below the origin's own time, or requests meet closed connections; 0: none is kept",
    }),
    // More would only wait in a queue without end.
    requestsMax: wholeNumber({
      min: 1,
      max: 65_536,
      default: 4_096,
      says: 'requests under way to one origin from one worker; beyond it the answer is 503',
    }),
    tls,
    health,
    outlier,
    retries,
  },
  { says: 'how the origins are spoken to, [below](#upstream)', reason: 'upstream-invalid' },
);
