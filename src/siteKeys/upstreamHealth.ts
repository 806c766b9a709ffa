import { ok } from '../kernel/result.ts';
import { recordOf, required, text, wholeNumber } from '../shape/index.ts';
import { isHost } from './texts/host.ts';
import { siteLimits } from './texts/limits.ts';

/** A GET that each worker sends to each origin; 200 to 399 is healthy. */
export const health = recordOf(
  {
    path: required(
      text({
        says: 'each worker GETs this of each origin; 200–399 is healthy',
        what: 'the path',
        like: '/PATH',
        check: (path) =>
          isProbePath(path) ? undefined : 'the path begins with / and holds no blanks, # or characters beyond ASCII',
      }),
    ),
    host: text({
      says: 'the `Host` of these requests',
      what: 'the host',
      unsaid: "`tls.serverName` or the origin's host, and the port",
      read: (host) => ok(host.toLowerCase()),
      check: (host) => (isHost(host) ? undefined : 'this is a host name without scheme and port'),
    }),
    intervalMs: wholeNumber({
      min: 100,
      max: 3_600_000,
      default: 5_000,
      says: 'between two probes, a tenth more or less by chance',
    }),
    timeoutMs: wholeNumber({ min: 10, max: 60_000, default: 2_000, says: 'for the whole answer' }),
    unhealthyAfter: wholeNumber({ min: 1, max: 100, default: 3, says: 'bad probes in a row that change the verdict' }),
    healthyAfter: wholeNumber({ min: 1, max: 100, default: 2, says: 'good probes in a row that change it back' }),
  },
  {
    says: 'how each worker asks each origin how it is',
    unsaid: 'origins are not asked; `outlier` watches them all the same',
  },
);

/** A request target in origin form (RFC 9112 section 3.2.1). */
function isProbePath(path: string): boolean {
  return path.length <= siteLimits.healthPathCharsMax && /^\/[!-"$-~]*$/.test(path);
}
