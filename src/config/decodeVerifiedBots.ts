import { isAbsolute } from 'node:path';
import { isAddress, isLoopback } from '../address/index.ts';
import {
  type BotCategory,
  type BotOperator,
  botCategories,
  type VerifiedBotsOptions,
} from '../contract/verifiedBots.ts';
import { hint } from '../kernel/didYouMean.ts';
import { configLimits } from './configLimits.ts';
import type { Decoder, Place } from './decoder.ts';
import { needsOf } from './needsOf.ts';
import { operator, verifiedBots } from './verifiedBotsKeys.ts';

/** `verifiedBots`: whether anything is fetched, and operators besides the shipped ones. */
export function decodeVerifiedBots(decoder: Decoder, place: Place): VerifiedBotsOptions | undefined {
  const said = decoder.mapping(place, needsOf(verifiedBots.keys), 'verifiedBots');
  if (said === undefined) return undefined;
  const isOnline = said.online === undefined ? true : decoder.trueOrFalse(said.online, 'online');
  const nameServers = said.nameServers && texts(decoder, said.nameServers, 'nameServers', nameServerProblem);
  const operators = said.operators === undefined ? [] : decodeOperators(decoder, said.operators);
  if (isOnline === undefined || operators === undefined) return undefined;
  if (said.nameServers !== undefined && nameServers === undefined) return undefined;
  return { isOnline, operators, ...(nameServers && { nameServers }) };
}

function decodeOperators(decoder: Decoder, place: Place): BotOperator[] | undefined {
  const items = decoder.list(place, 'operators', configLimits.botOperatorsMax);
  const seen = new Set<string>();
  const operators = items?.map((item) => {
    const operator = decodeOperator(decoder, item);
    if (operator === undefined || !seen.has(operator.name)) {
      if (operator !== undefined) seen.add(operator.name);
      return operator;
    }
    return decoder.report(item, `the operator "${operator.name}" stands twice`);
  });
  return operators?.every((operator) => operator !== undefined) ? operators : undefined;
}

function decodeOperator(decoder: Decoder, place: Place): BotOperator | undefined {
  const said = decoder.mapping(place, needsOf(operator.keys), 'an operator');
  if (said === undefined) return undefined;
  const name = said.name && decodeName(decoder, said.name);
  const category = said.category && decodeCategory(decoder, said.category);
  const lists = {
    agents: said.agents && texts(decoder, said.agents, 'agents', agentProblem),
    domains: said.domains && texts(decoder, said.domains, 'domains', domainProblem),
    ranges: said.ranges && texts(decoder, said.ranges, 'ranges', rangesProblem),
    signers: said.signers && texts(decoder, said.signers, 'signers', signerProblem),
  };
  if (!said.domains && !said.ranges && !said.signers) {
    decoder.report(place, 'nothing says how this operator is verified: name its domains, ranges or signers');
  } else if (!said.agents && !said.signers) {
    decoder.report(place, 'nothing says how this operator is known: name its agents, the words of its user agents');
  }
  const isBroken = (['agents', 'domains', 'ranges', 'signers'] as const).some((key) => said[key] && !lists[key]);
  if (name === undefined || category === undefined || isBroken) return undefined;
  const { agents = [], domains, ranges, signers } = lists;
  return {
    name,
    category,
    agents,
    ...(domains && { domains }),
    ...(ranges && { ranges }),
    ...(signers && { signers }),
  };
}

function decodeName(decoder: Decoder, place: Place): string | undefined {
  const name = decoder.text(place, 'the name of an operator');
  if (name === undefined || /^[a-z][a-z0-9-]{0,62}$/.test(name)) return name;
  return decoder.report(place, 'the name of an operator is lower-case letters, digits and dashes, like googlebot');
}

function decodeCategory(decoder: Decoder, place: Place): BotCategory | undefined {
  const text = decoder.text(place, 'category');
  const category = botCategories.find((known) => known === text);
  if (text === undefined || category !== undefined) return category;
  return decoder.report(place, `this is none of ${botCategories.join(', ')}${hint(text, botCategories)}`);
}

/** A list of texts, each without a problem. */
function texts(
  decoder: Decoder,
  place: Place,
  what: string,
  problemOf: (text: string) => string | undefined,
): string[] | undefined {
  const items = decoder.list(place, what, configLimits.botTextsMax);
  const read = items?.map((item) => {
    const text = decoder.text(item, `one of the ${what}`);
    const problem = text === undefined ? undefined : problemOf(text);
    return problem === undefined ? text : decoder.report(item, problem);
  });
  return read?.every((text) => text !== undefined) ? read : undefined;
}

function agentProblem(text: string): string | undefined {
  // A word of one or two letters stands in people's user agents, too.
  if (text.length >= 3 && text.length <= 100 && /^[\x20-\x7e]+$/.test(text)) return undefined;
  return 'a word of a user agent has 3 to 100 characters of ASCII, like Googlebot';
}

function domainProblem(text: string): string | undefined {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  if (text.length <= 253 && new RegExp(`^${label}(?:\\.${label})+$`).test(text)) return undefined;
  return 'a domain is written in lower case with a dot in it, like googlebot.com';
}

function rangesProblem(text: string): string | undefined {
  if (isAbsolute(text) || isFetchable(text)) return undefined;
  return 'ranges are an https URL or the absolute path of a file, like https://example.com/ips.json';
}

function signerProblem(text: string): string | undefined {
  if (isFetchable(text) && URL.parse(text)?.origin === text) return undefined;
  return 'a signer is an origin, like https://example.com: its keys are in its /.well-known/http-message-signatures-directory';
}

/** http is for this machine alone: whoever stands between could say who is verified. */
function isFetchable(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return true;
  return url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
}

function nameServerProblem(text: string): string | undefined {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const isGood =
    match !== null && isAddress(match[1]!) && Number(match[2] ?? 53) >= 1 && Number(match[2] ?? 53) <= 65_535;
  return isGood
    ? undefined
    : 'a name server is an address, with or without a port, like 192.0.2.53 or "[2001:db8::53]:5353"';
}
