import type { Finding } from '../contract/finding.ts';
import type { Rule, Site } from '../contract/kinds/sitesFile.ts';
import { checkExpression } from './expression/checkExpression.ts';
import type { TypedNode } from './expression/typedNode.ts';
import { type FieldName, isBotField, isListField, isScoreField } from './expression/vocabulary.ts';
import { type IsAbsent, outcomesWhenAbsent, reads } from './outcomesWhenAbsent.ts';

/**
 * Finds every rule that would block, with all scores absent, a request that the rule set lets through with some score.
 *
 * Why looking at pairs of rules is enough: every operation is monotone in what is known (filling in an unknown can turn
 * an unknown result into a value, never one value into another). So a rule that fires without a verdict fires with
 * every verdict, and a block that happens without one happens with every one *unless an earlier `allow` stepped in*.
 * Only an `allow` whose condition is unknown for want of a verdict can do that. The answer is an over-approximation in
 * one way: conditions on the request itself are not compared, so two rules for different paths count as meeting.
 *
 * Who a client is may be known while its score is not (`bot.verified` and its like are found apart), so both are looked at:
 * nothing known at all, and the score alone absent. What lists say of an address is absent with every list, and likewise.
 *
 * Rules whose expression is refused anyway are passed over: `compileRules` reports them.
 */
export function findBlocksWhenAbsent(site: Site): Finding[] {
  return findAbsentBlockers(
    site.rules.map((rule) => {
      const checked = checkExpression(rule.when);
      return { rule, tree: checked.ok ? checked.value : undefined };
    }),
  ).map((blocker) => absenceFinding(site.name, blocker));
}

export interface CheckedRule {
  readonly rule: Rule;
  readonly tree: TypedNode | undefined;
}

/** A rule that blocks what another one lets through, were it not for what is absent. */
export interface AbsentBlocker {
  readonly block: Rule;
  readonly allow: Rule;
  readonly absent: 'score' | 'lists';
}

/** What may be absent at once. */
const absences: readonly (readonly [AbsentBlocker['absent'], IsAbsent])[] = [
  ['score', isBotField],
  ['score', isScoreField],
  ['lists', isListField],
  ['lists', (name: FieldName) => isListField(name) || isBotField(name)],
  ['lists', (name: FieldName) => isListField(name) || isScoreField(name)],
];

/** The same over trees that are checked already; positions are the caller's business. */
export function findAbsentBlockers(rules: readonly CheckedRule[]): AbsentBlocker[] {
  const found = new Map<Rule, AbsentBlocker>();
  const readsLists = rules.some(({ tree }) => tree !== undefined && reads(tree, isListField));
  for (const [absent, isAbsent] of readsLists ? absences : absences.slice(0, 2)) {
    for (const pair of blockersWhen(isAbsent, rules)) {
      if (!found.has(pair.block)) found.set(pair.block, { ...pair, absent });
    }
  }
  // In the order of the rules, whichever absence found them.
  return rules.flatMap(({ rule }) => found.get(rule) ?? []);
}

function blockersWhen(isAbsent: IsAbsent, rules: readonly CheckedRule[]): { block: Rule; allow: Rule }[] {
  const found: { block: Rule; allow: Rule }[] = [];
  let allow: Rule | undefined;
  for (const { rule, tree } of rules) {
    if (tree === undefined || rule.dryRun) continue;
    const outcomes = outcomesWhenAbsent(tree, isAbsent);
    if (rule.then.action === 'allow' && outcomes.needsVerdict) allow ??= rule;
    const mayBlock = refuses(rule) && rule.whenAbsent !== 'block';
    if (mayBlock && allow !== undefined && outcomes.canBeTrue) found.push({ block: rule, allow });
  }
  return found;
}

/** Limiting is refusing, too: what is not allowed any more comes under the limit. */
function refuses({ then: { action } }: Rule): boolean {
  return action !== 'allow' && action !== 'log';
}

export function absenceMessage({ block, allow, absent }: AbsentBlocker): string {
  if (absent === 'lists') {
    return (
      `without lists, rule "${block.name}" blocks what rule "${allow.name}" lets through with them: if the lists are ever lost, people are refused. ` +
      'Name the bad instead (block when ip.hosting), or say `whenAbsent: block` on this rule'
    );
  }
  return (
    `without a score, rule "${block.name}" blocks what rule "${allow.name}" lets through with one: if scoring ever stops, people are refused. ` +
    'Name the bad instead (block when bot.score < 30), or say `whenAbsent: block` on this rule'
  );
}

export function absenceFinding(site: string, blocker: AbsentBlocker): Finding {
  return {
    reason: 'rule-blocks-when-absent',
    message: `Site "${site}": ${absenceMessage(blocker)}.`,
    names: [blocker.block.name, blocker.allow.name],
  };
}
