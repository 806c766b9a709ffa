import { expression, filled, listOf, oneAction, oneOf, recordOf, required, text, trueOrFalse } from '../shape/index.ts';
import { ruleActions } from './ruleActions.ts';
import { siteLimits } from './texts/limits.ts';

/** 1 to 100 characters, none of them a control character. */
export function isRuleName(name: string): boolean {
  return /^[^\u0000-\u001f\u007f]{1,100}$/.test(name);
}

export const rule = recordOf(
  {
    name: required(
      text({
        says: '1–100 characters, once per site',
        what: 'the name of a rule',
        check: (given) =>
          isRuleName(given) ? undefined : 'the name of a rule has 1 to 100 characters and none that cannot be printed',
        once: {
          scope: 'rules',
          isKept: true,
          twice: (given, before) => `the name "${given}" is taken by ${before}; a switch must mean one rule`,
          repeated: 'rules of the same name',
          reason: 'rule-name-duplicate',
        },
      }),
    ),
    // CEL over `request.*` and `bot.*`, three-valued: fires on true alone.
    when: required(
      expression({
        says: 'the condition; `true` for every request',
        charsMax: siteLimits.expressionCharsMax,
        lengthReason: 'rule-too-costly',
      }),
    ),
    then: required(oneAction(ruleActions, { says: 'what is done where the condition is true' })),
    dryRun: filled(trueOrFalse({ default: false, says: '`true`: the rule is evaluated and noted, and does nothing' })),
    // Without `block` a rule that may block although every score is absent is refused.
    whenAbsent: filled(
      oneOf(['block', 'never-block'], {
        default: 'never-block',
        says: '`block`: this rule may block although every score is absent ([why](rules.md#nobody-is-blocked-because-scoring-stopped))',
      }),
    ),
  },
  { what: 'a rule' },
);

export const rules = filled(
  listOf(rule, {
    says: 'asked in order, [below](#rules)',
    unsaid: 'none: nothing is refused',
    reason: 'schema-invalid',
    countReason: 'rules-too-many',
    each: 'rule',
    min: 0,
    max: siteLimits.rulesPerSiteMax,
    default: [],
    opens: 'rules',
  }),
);
