import { botCategories } from '../contract/verifiedBots.ts';
import { listOf, oneOf, recordOf, required, text, trueOrFalse } from '../shape/index.ts';
import { configLimits } from './configLimits.ts';

const texts = (says: string, like: string) =>
  listOf(text({ like }), { says, each: 'text', min: 0, max: configLimits.botTextsMax });

export const operator = recordOf(
  {
    name: required(text({ says: "lower-case letters, digits and dashes; a shipped operator's takes its place" })),
    category: required(oneOf(botCategories, { says: 'what its bots are' })),
    agents: texts('words of a user agent that claim to be it, 3–100 characters, case does not matter', 'WORD'),
    domains: texts("domains of the names that its addresses have; never a cloud's, where anybody gets one", 'NAME'),
    ranges: texts(
      '`https` URLs or absolute paths of files on the edge: JSON with networks anywhere in it, or one network per line',
      'https://HOST/PATH',
    ),
    signers: texts(
      'origins whose `/.well-known/http-message-signatures-directory` holds its keys (Web Bot Auth, Ed25519 and RSA)',
      'https://HOST',
    ),
  },
  { what: 'an operator' },
);

/** What the texts have to be, `decodeVerifiedBots` says. */
export const verifiedBots = recordOf(
  {
    online: trueOrFalse({
      default: true,
      says: '`false`: nothing is fetched and no name server is asked; files and what is on the disk count',
      unsaid:
        '`true`; the demo without a configuration, and anything with `HOLDFAST_OFFLINE=1` in its environment: `false`',
    }),
    nameServers: listOf(text({ like: 'ADDRESS' }), {
      says: 'addresses, with or without a port, that are asked for the names of addresses',
      unsaid: 'those of the machine',
      each: 'name server',
      min: 0,
      max: configLimits.botTextsMax,
    }),
    operators: listOf(operator, {
      says: 'besides the shipped ones, each with at least one of `domains`, `ranges` and `signers`',
      each: 'operator',
      min: 0,
      max: configLimits.botOperatorsMax,
    }),
  },
  { says: 'how bots are verified, [below](#verified-bots)', unsaid: 'the shipped operators, lists and keys fetched' },
);
