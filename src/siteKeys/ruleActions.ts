import { moduleActionShapes } from '../modules/all.ts';
import { filled, recordOf, text, wholeNumber } from '../shape/index.ts';
import { siteLimits } from './texts/limits.ts';

/**
 * What a rule may do, a row each: the word, what it is and the keys it takes. `allow` and `block` end the rules of a request; `log`
 * marks the record and goes on, and so do those that modules bring.
 */
export const ruleActions = {
  allow: recordOf({}, { says: 'the request passes, whatever later rules say' }),
  log: recordOf({}, { says: 'the request is marked in the log and goes on' }),
  block: recordOf(
    {
      status: filled(
        wholeNumber({
          min: 400,
          max: 599,
          default: 403,
          what: 'the status',
          says: 'a refusal answered with 200 breaks clients and is cached',
        }),
      ),
      body: filled(
        text({
          default: 'Access denied.\n',
          what: 'the body',
          says: 'up to 16,384 characters, sent as plain text',
          check: ({ length }) =>
            length <= siteLimits.blockBodyCharsMax
              ? undefined
              : `the body has ${length} characters; at most ${siteLimits.blockBodyCharsMax} are taken`,
        }),
      ),
    },
    { says: 'the request is refused' },
  ),
  ...moduleActionShapes,
} as const;
