import { err, ok } from '../kernel/result.ts';
import { listOf, oneOf, recordOf, required, text } from '../shape/index.ts';
import { siteLimits } from './texts/limits.ts';
import { RedirectTable, redirectFault, redirectStatuses } from './texts/redirectTable.ts';

/** Part of the row of the site key `redirects`. */
export const redirect = recordOf(
  {
    from: required(
      text({
        says: 'a path, compared letter by letter as it was sent; with a `*` at its end it is the beginning of one. The exact one wins, then the longest',
        what: '"from"',
        like: '/PATH',
        once: {
          scope: 'redirects',
          isKept: true,
          twice: (from, before) => `${from} is redirected by ${before} already`,
          repeated: 'redirects from the same path',
        },
      }),
    ),
    to: required(
      text({
        says: 'a path or a URL; a `*` at its end stands for what the other stood for. The query goes along unless `to` has one',
        what: '"to"',
        like: '/PATH',
        // `https://shop.example` means its `/`.
        read: (said) => {
          const to = /^https?:\/\/[^/?]+$/i.test(said) ? `${said}/` : said;
          const isUnlike = /^https?:/i.test(to) && !/^https?:\/\/[^A-Z/]*\//.test(to);
          return isUnlike ? err('write scheme and host in lower case and / behind them') : ok(to);
        },
      }),
    ),
    status: oneOf(redirectStatuses, { default: 302, what: 'the status of a redirect', says: 'of the answer' }),
  },
  { what: 'a redirect' },
  { check: ({ from, to }) => redirectFault(from, to) },
);

export const redirects = listOf(
  redirect,
  {
    says: 'answered by the edge itself',
    reason: 'redirect-invalid',
    each: 'redirect',
    min: 0,
    max: siteLimits.redirectsPerSiteMax,
    opens: 'redirects',
  },
  (items) => {
    const loop = RedirectTable.loop(items.map(({ from, to }) => ({ from, to, status: 302 })));
    if (loop === undefined) return undefined;
    const index = items.findIndex(({ from }) => from === loop);
    return { index, fault: `what this leads to is redirected again, more than ${siteLimits.redirectHopsMax} times` };
  },
);
