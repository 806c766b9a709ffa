import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../kernel/result.ts';
import { type Network, networkHolds, parseAddress, parseNetwork } from '../rules/index.ts';
import { replayLimits } from './limits.ts';

/**
 * `verified`: within the operator's published ranges. `impostor`: claims the operator and is outside of them. `unverified`:
 * nobody's ranges are there to look it up in.
 */
export type Standing = 'verified' | 'impostor' | 'unverified';

export interface Operator {
  readonly name: string;
  readonly claimedBy: RegExp;
  /** Folders of the collection whose ranges the operator publishes for this crawler. */
  readonly folders: readonly string[];
}

/** Crawlers whose operators publish where they come from. */
const operators: readonly Operator[] = [
  {
    name: 'Google, for people',
    claimedBy: /Feedfetcher-Google|Google Web Preview|Google-Site-Verification/i,
    folders: ['google'],
  },
  {
    name: 'Googlebot',
    claimedBy: /Googlebot|Mediapartners-Google|AdsBot-Google|Google-InspectionTool/i,
    folders: ['googlebot', 'google'],
  },
  { name: 'Bing', claimedBy: /bingbot|msnbot|BingPreview|adidxbot/i, folders: ['bing'] },
  { name: 'DuckDuckGo', claimedBy: /DuckDuckBot|DuckAssistBot/i, folders: ['duckduckbot', 'duckassistbot'] },
  { name: 'OpenAI', claimedBy: /GPTBot|OAI-SearchBot|ChatGPT-User/i, folders: ['openai'] },
  { name: 'Perplexity', claimedBy: /PerplexityBot|Perplexity-User/i, folders: ['perplexity'] },
  { name: 'Meta', claimedBy: /facebookexternalhit|meta-externalagent|facebookcatalog/i, folders: ['facebook'] },
  { name: 'X', claimedBy: /Twitterbot/i, folders: ['twitter'] },
  { name: 'Telegram', claimedBy: /TelegramBot/i, folders: ['telegram'] },
  { name: 'Pingdom', claimedBy: /Pingdom/i, folders: ['pingdom'] },
  { name: 'StatusCake', claimedBy: /StatusCake/i, folders: ['statuscake'] },
];

export interface Identity {
  readonly operator: string;
  readonly standing: Standing;
}

/** Tells verified crawlers from impostors by published ranges. Without ranges nobody is either. */
export class OperatorRanges {
  readonly #networks: ReadonlyMap<string, readonly Network[]>;
  /** By operator and address: a crawler asks thousands of times from one. Bounded like the clients. */
  readonly #known = new Map<string, boolean>();

  constructor(networks: ReadonlyMap<string, readonly Network[]>) {
    this.#networks = networks;
  }

  /** null: it claims none of the operators that publish ranges. */
  identify(userAgent: string | null, address: string): Identity | null {
    const operator = userAgent === null ? undefined : operators.find(({ claimedBy }) => claimedBy.test(userAgent));
    if (operator === undefined) return null;
    const networks = this.#networks.get(operator.name);
    if (networks === undefined) return { operator: operator.name, standing: 'unverified' };
    const key = `${operator.name} ${address}`;
    let isInside = this.#known.get(key);
    if (isInside === undefined) {
      const parsed = parseAddress(address);
      isInside = parsed !== undefined && networks.some((network) => networkHolds(network, parsed));
      if (this.#known.size < replayLimits.clientsMax) this.#known.set(key, isInside);
    }
    return { operator: operator.name, standing: isInside ? 'verified' : 'impostor' };
  }
}

/**
 * Reads a folder in the layout of lord-alfred/ipranges: OPERATOR/ipv4_merged.txt and ipv6_merged.txt, a network a line. A
 * folder that lacks an operator leaves it unverified; a line that is no network refuses the folder.
 */
export function readOperatorRanges(folder: string): Result<OperatorRanges, string> {
  const all = new Map<string, readonly Network[]>();
  for (const { name, folders } of operators) {
    const networks: Network[] = [];
    for (const file of folders.flatMap((each) =>
      ['ipv4_merged.txt', 'ipv6_merged.txt'].map((end) => join(each, end)),
    )) {
      const read = readNetworks(join(folder, file));
      if (!read.ok) return read;
      networks.push(...read.value);
    }
    if (networks.length > replayLimits.networksMax)
      return err(`${name} has more than ${replayLimits.networksMax} networks`);
    if (networks.length > 0) all.set(name, networks);
  }
  return all.size > 0
    ? ok(new OperatorRanges(all))
    : err(`${folder} has no OPERATOR/ipv4_merged.txt that is known here`);
}

function readNetworks(path: string): Result<Network[], string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? ok([]) : err(`${path} cannot be read: ${message}`);
  }
  const networks: Network[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const network = parseNetwork(line.trim());
    if (network === undefined) return err(`${path}:${index + 1}: '${line.slice(0, 60)}' is no network`);
    networks.push(network);
  }
  return ok(networks);
}
