import type { Rule, Site } from '../../contract/kinds/sitesFile.ts';
import { assert } from '../../kernel/assert.ts';
import { type CompiledRules, compileRules } from '../../rules/index.ts';

/** A rule set whose effect on the log is told. */
export interface RuleTrial {
  readonly name: string;
  /** What it does, as the page shows it. */
  readonly text: string;
  readonly rules: CompiledRules;
}

const block = { action: 'block', status: 403, body: '' } as const;
/**
 * What feeds are called: the ending, a word of the path, or WordPress's and blosxom's query; and the mark that links in feeds
 * carry, because readers fetch the page behind them.
 */
const feedTarget = String.raw`(?i)\.(rss|atom|rdf)$|/(feeds?|rss|atom|podcast)([/.?-]|$)|/(index|rss2|atom1)\.(xml|rdf)$|[?&](feed|flav|format)=(rss|atom|feed)|[?&]utm_medium=(feed|rss)`;
/** As docs/bots.md recommends it, which a test holds. */
export const feedsAreWelcome = `request.path in ["/robots.txt", "/favicon.ico"] || request.target.matches(r'${feedTarget}')`;

/** The canonical rule alone, and with the ways in which feeds are asked for let through, which no score is needed for. */
export function ruleTrials(): readonly RuleTrial[] {
  return [
    trial('The score alone', [rule('low score', 'bot.score < 30 && !bot.verified')]),
    trial('With feeds and /api/ let through', [
      rule('feeds', feedsAreWelcome, true),
      rule('low score on pages', 'bot.score < 30 && !bot.verified && !request.path.startsWith("/api/")'),
    ]),
  ];
}

function rule(name: string, when: string, isAllowed = false): Rule {
  return { name, when, then: isAllowed ? { action: 'allow' } : block, dryRun: false, whenAbsent: 'never-block' };
}

function trial(name: string, rules: readonly Rule[]): RuleTrial {
  const site: Site = { name: 'replay', hosts: ['*'], origin: 'http://127.0.0.1:1', rules };
  const compiled = compileRules(site);
  assert(compiled.ok, 'the rules of the page compile');
  const text = rules.map(({ when, then }) => `${then.action} when ${when}`).join('\n');
  return { name, text, rules: compiled.value };
}
