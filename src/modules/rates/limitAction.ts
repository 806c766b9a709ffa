import { type RateKey, rateKeyKinds, ratePeriodsMs } from '../../rates/index.ts';
import { filled, oneOf, recordOf, required, text, wholeNumber } from '../../shape/index.ts';

/** More than anybody means; what a bucket can count exactly. */
const requestsMax = 1_000_000;
const periods = Object.keys(ratePeriodsMs) as readonly (keyof typeof ratePeriodsMs)[];

/** `then: {limit: {…}}`: how many requests pass, of whom. */
export const limitAction = recordOf(
  {
    rate: required(
      wholeNumber({
        min: 1,
        max: requestsMax,
        what: 'the rate',
        says: 'requests that pass in one period, in the long run',
      }),
    ),
    per: required(oneOf(periods, { what: 'the period of a limit', says: 'the period' })),
    burst: wholeNumber({
      min: 1,
      max: requestsMax,
      what: 'the burst',
      unsaid: 'as `rate`',
      says: 'how many pass at once after a rest',
    }),
    key: filled(
      text({
        default: 'address',
        what: 'the key of a limit',
        says: `whom requests are counted by: ${keyWords()}; a request without it is not limited`,
        check: (given) =>
          readKey(given) === undefined ? `there is no key "${given}"; there are ${keyWords()}` : undefined,
      }),
    ),
  },
  { says: 'the request takes a token, and is answered with 429 where none is left' },
);

function keyWords(): string {
  return Object.entries(rateKeyKinds)
    .map(([kind, { named }]) => (named ? `${kind} NAME` : kind))
    .join(', ');
}

/** RFC 9110 section 5.6.2, which names of cookies keep to as well. */
const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** `address`, or `cookie session`: a kind, and a name where the kind wants one. undefined: this is no key. */
export function readKey(given: string): RateKey | undefined {
  const [kind = '', ...words] = given.split(' ');
  if (!Object.hasOwn(rateKeyKinds, kind)) return undefined;
  const known = kind as keyof typeof rateKeyKinds;
  if (!rateKeyKinds[known].named) return words.length === 0 ? ({ kind: known } as RateKey) : undefined;
  if (words.length !== 1 || !name.test(words[0]!)) return undefined;
  return { kind: known, name: known === 'header' ? words[0]!.toLowerCase() : words[0]! } as RateKey;
}
