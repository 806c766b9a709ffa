import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNetwork } from '../../address/index.ts';
import type { RequestHead } from '../../http/index.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { BotVerifier, shippedOperators, verifiedLimits } from '../../verified/index.ts';

/**
 * `verified`: within the operator's published ranges. `impostor`: claims the operator and is outside of them. `unverified`:
 * nobody's ranges are there to look it up in.
 */
export type Standing = 'verified' | 'impostor' | 'unverified';

export interface Identity {
  readonly operator: string;
  readonly standing: Standing;
}

/** Where the collection keeps the ranges of an operator, by the operator's name; others have none there. */
const folders: Readonly<Record<string, readonly string[]>> = {
  googlebot: ['googlebot', 'google'],
  'google-fetchers': ['google', 'googlebot'],
  'google-ads': ['google', 'googlebot'],
  bingbot: ['bing'],
  duckduckbot: ['duckduckbot'],
  duckassistbot: ['duckassistbot'],
  gptbot: ['openai'],
  'oai-searchbot': ['openai'],
  'chatgpt-user': ['openai'],
  perplexitybot: ['perplexity'],
  'perplexity-user': ['perplexity'],
  telegrambot: ['telegram'],
  pingdom: ['pingdom'],
  statuscake: ['statuscake'],
};

/**
 * Tells verified crawlers from impostors as the edge does, by published ranges alone: the names of a log's addresses may
 * have changed since, and nobody is asked. Without ranges nobody is either.
 */
export class LoggedBots {
  readonly #verifier: BotVerifier;

  /** CIDRs by operator. */
  constructor(rangesByOperator: ReadonlyMap<string, readonly string[]>) {
    this.#verifier = new BotVerifier(
      shippedOperators.map(({ name, category, agents }) => ({ name, category, agents })),
    );
    for (const [operator, ranges] of rangesByOperator) {
      this.#verifier.learn({ operator, ranges, areRangesFresh: true, keys: [] });
    }
  }

  /** null: it claims none of the operators that are known. */
  identify(head: RequestHead): Identity | null {
    const { operator, verified, isImpostor } = this.#verifier.identify(head, 0, 0);
    if (operator === null) return null;
    return { operator, standing: verified === true ? 'verified' : isImpostor ? 'impostor' : 'unverified' };
  }
}

/**
 * Reads a folder in the layout of lord-alfred/ipranges: OPERATOR/ipv4_merged.txt and ipv6_merged.txt, a network a line. A
 * folder that lacks an operator leaves it unverified; a line that is no network refuses the folder.
 */
export function readOperatorRanges(folder: string): Result<LoggedBots, string> {
  const all = new Map<string, readonly string[]>();
  for (const [operator, places] of Object.entries(folders)) {
    const ranges: string[] = [];
    for (const place of places) {
      for (const file of ['ipv4_merged.txt', 'ipv6_merged.txt']) {
        const read = readRanges(join(folder, place, file));
        if (!read.ok) return read;
        ranges.push(...read.value);
      }
    }
    if (ranges.length > verifiedLimits.rangesPerOperatorMax)
      return err(`${operator} has more than ${verifiedLimits.rangesPerOperatorMax} networks`);
    if (ranges.length > 0) all.set(operator, ranges);
  }
  return all.size > 0 ? ok(new LoggedBots(all)) : err(`${folder} has no OPERATOR/ipv4_merged.txt that is known here`);
}

function readRanges(path: string): Result<string[], string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? ok([]) : err(`${path} cannot be read: ${message}`);
  }
  const ranges: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (readNetwork(line.trim()) === undefined)
      return err(`${path}:${index + 1}: '${line.slice(0, 60)}' is no network`);
    ranges.push(line.trim());
  }
  return ok(ranges);
}
