import { entriesOf, required, text, wholeNumber } from '../shape/index.ts';
import { siteLimits } from './texts/limits.ts';

const [min, max] = [400, 599];

/** What the edge says in the site's stead. */
export const errorPages = entriesOf(
  {
    status: required(wholeNumber({ min, max, what: 'the status' })),
    body: required(
      text({
        says: 'HTML if it begins like HTML, else plain text',
        what: 'an error page',
        check: ({ length }) =>
          length >= 1 && length <= siteLimits.errorPageCharsMax
            ? undefined
            : `the page has ${length} characters; 1 to ${siteLimits.errorPageCharsMax} are taken`,
      }),
    ),
  },
  {
    says: `by status what the edge says in the site's stead, each up to 16,384 characters; HTML if it begins like HTML, else plain text. Rules have a body of their own`,
    unsaid: 'one line of text',
    reason: 'error-page-invalid',
    each: 'error page',
    under: 'status',
    value: 'body',
    max: siteLimits.errorPagesPerSiteMax,
    nameFault: `error pages stand under their status, ${min} to ${max}`,
  },
);
