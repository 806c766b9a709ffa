import type { BotVerdict } from '../contract/botVerdict.ts';
import type { Finding } from '../contract/finding.ts';
import type { Rule, Site } from '../contract/kinds/sitesFile.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import { limits } from '../contract/limits.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { type ListedAddress, unlisted } from '../lists/index.ts';
import { absenceFinding, type CheckedRule, findAbsentBlockers } from './absence.ts';
import { compileExpression, type Evaluate, type EvaluationInput, type FieldReader } from './compileExpression.ts';
import { checkExpression } from './expression/checkExpression.ts';
import { searchCostProblem } from './expression/searchCost.ts';

/** A rule that fired and whose action a module carries out behind the rules. Shared by all requests. */
export interface HandedRule {
  readonly rule: string;
  /** Its place among the site's rules. */
  readonly index: number;
  readonly then: Rule['then'];
  /** It is only noted what it would have done. */
  readonly isDry: boolean;
}

/** What a site's rules say of one request. Frozen and possibly shared between requests. */
export interface RuleOutcome {
  /** `pass`: no rule ended it, the request goes on. */
  readonly action: 'pass' | 'allow' | 'block';
  /** Name of the rule that ended it; null when none did. */
  readonly rule: string | null;
  /** Status and body of the answer when `action` is `block`; 0 and empty otherwise. */
  readonly status: number;
  readonly body: string;
  /** Names of the `log` rules that fired, in order. */
  readonly logged: readonly string[];
  /** Names of rules that fired and did nothing: dry runs, and blocks while `action:block` is killed. */
  readonly dry: readonly string[];
  /** Rules whose actions are not the rules' own (`allow`, `block`, `log`), in order; left away when there are none. */
  readonly handed?: readonly HandedRule[];
  /** How many rules could not be decided because something they read is absent. */
  readonly unknowns: number;
}

export interface CompiledRules {
  /** Those whose action is this one, whether or not they ever fire. */
  having(action: string): readonly HandedRule[];
  /** There is nothing to decide. */
  readonly isEmpty: boolean;
  /**
   * Called once per request on the request path; never throws. Leave `isKilled` away while no switch is thrown: it is
   * asked for every rule. A killed rule is not even evaluated. Without `address` there are no lists, without `read` no
   * fields of modules but those of bots.
   */
  decide(
    head: RequestHead,
    bot: BotVerdict,
    isKilled?: (name: Switch) => boolean,
    address?: ListedAddress,
    read?: FieldReader,
  ): RuleOutcome;
}

/** Checks and compiles the rules of one site. All findings at once, each naming its rule and position. */
export function compileRules(site: Site): Result<CompiledRules, Finding[]> {
  const findings: Finding[] = [];
  if (site.rules.length > limits.rulesPerSiteMax) {
    findings.push({
      reason: 'rules-too-many',
      message: `Site "${site.name}" has ${site.rules.length} rules; at most ${limits.rulesPerSiteMax} are taken.`,
      value: site.rules.length,
      limit: limits.rulesPerSiteMax,
    });
    return err(findings);
  }
  const checked = site.rules.map((rule) => checkRule(site, rule, findings));
  findings.push(...duplicateNames(site));
  const searchCost = searchCostProblem(checked.map(({ tree }) => tree));
  if (searchCost !== undefined) {
    findings.push({ reason: 'rule-too-costly', message: `Site "${site.name}": ${searchCost}.` });
  }
  for (const blocker of findAbsentBlockers(checked)) findings.push(absenceFinding(site.name, blocker));
  return findings.length > 0 ? err(findings.slice(0, limits.findingsMax)) : ok(new OrderedRules(site.name, checked));
}

function checkRule(site: Site, rule: Rule, findings: Finding[]): CheckedRule {
  const checked = checkExpression(rule.when);
  if (checked.ok) return { rule, tree: checked.value };
  for (const problem of checked.error) {
    findings.push({
      reason: problem.reason,
      message: `Site "${site.name}", rule "${rule.name}", ${problem.line}:${problem.column}: ${problem.message}.`,
      names: [rule.name],
    });
  }
  return { rule, tree: undefined };
}

function duplicateNames(site: Site): Finding[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of site.rules) (seen.has(name) ? twice : seen).add(name);
  if (twice.size === 0) return [];
  const names = [...twice].slice(0, limits.namesPerFindingMax);
  return [
    {
      reason: 'rule-name-duplicate',
      message: `Site "${site.name}" has several rules named ${names.map((name) => `"${name}"`).join(', ')}; a switch must mean one rule.`,
      names,
    },
  ];
}

interface ReadyRule {
  readonly name: string;
  readonly switch: Switch;
  readonly evaluate: Evaluate;
  readonly dryRun: boolean;
  readonly ending: Rule['then'];
  /** Its action is another module's: as it is, and as it is noted alone. */
  readonly handed: { readonly acting: HandedRule; readonly dry: HandedRule } | undefined;
}

const none: readonly string[] = Object.freeze([]);

class OrderedRules implements CompiledRules {
  readonly #rules: readonly ReadyRule[];
  /** Outcomes without any rule firing, by number of unknowns: the usual case allocates nothing. */
  readonly #passed: readonly RuleOutcome[];
  /** Filled anew for each request; holds on to the last request's head until the next one. */
  readonly #input: EvaluationInput;

  constructor(site: string, rules: readonly CheckedRule[]) {
    this.#rules = rules.flatMap(({ rule, tree }, index) =>
      tree === undefined
        ? []
        : [
            {
              name: rule.name,
              switch: `rule:${site}/${rule.name}` as const,
              evaluate: compileExpression(tree),
              dryRun: rule.dryRun,
              ending: rule.then,
              handed: handedOf(rule, index),
            },
          ],
    );
    this.#passed = Array.from({ length: this.#rules.length + 1 }, (_, unknowns) => outcome(null, none, none, unknowns));
    this.#input = {
      head: nobody,
      score: undefined,
      source: undefined,
      verified: undefined,
      operator: undefined,
      category: undefined,
      heuristics: undefined,
      address: unlisted,
      read: undefined,
    };
  }

  having(action: string): readonly HandedRule[] {
    return this.#rules.flatMap(({ handed }) => (handed?.acting.then.action === action ? [handed.acting] : []));
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  decide(
    head: RequestHead,
    bot: BotVerdict,
    isKilled?: (name: Switch) => boolean,
    address: ListedAddress = unlisted,
    read?: FieldReader,
  ): RuleOutcome {
    const input = fill(this.#input, head, bot, address);
    input.read = read;
    let logged: string[] | undefined;
    let dry: string[] | undefined;
    let handed: HandedRule[] | undefined;
    let unknowns = 0;
    for (const rule of this.#rules) {
      if (isKilled?.(rule.switch)) continue;
      const fired = rule.evaluate(input);
      if (fired === undefined) unknowns++;
      if (fired !== true) continue;
      const action = rule.ending.action;
      if (rule.handed !== undefined) {
        handed ??= [];
        const isDry = rule.dryRun || isKilled?.(`action:${action}` as Switch) === true;
        handed.push(isDry ? rule.handed.dry : rule.handed.acting);
        continue;
      }
      if (rule.dryRun || (action === 'block' && isKilled?.('action:block'))) {
        dry ??= [];
        dry.push(rule.name);
      } else if (action !== 'log') {
        return outcome(rule, logged ?? none, dry ?? none, unknowns, handed);
      } else if (!isKilled?.('action:log')) {
        logged ??= [];
        logged.push(rule.name);
      }
    }
    if (logged === undefined && dry === undefined && handed === undefined) return this.#passed[unknowns]!;
    return outcome(null, logged ?? none, dry ?? none, unknowns, handed);
  }
}

/** What the rules carry out themselves. */
const ownActions: ReadonlySet<string> = new Set(['allow', 'block', 'log']);

function handedOf({ name, then }: Rule, index: number): ReadyRule['handed'] {
  if (ownActions.has(then.action)) return undefined;
  const acting = Object.freeze({ rule: name, index, then, isDry: false });
  return { acting, dry: Object.freeze({ ...acting, isDry: true }) };
}

function fill(input: EvaluationInput, head: RequestHead, bot: BotVerdict, address: ListedAddress): EvaluationInput {
  const isScored = bot.kind === 'scored';
  input.head = head;
  input.score = isScored ? bot.score : undefined;
  input.source = isScored ? bot.source : undefined;
  const { identity } = bot;
  const verified = identity !== undefined ? identity.verified : isScored ? bot.verified : undefined;
  input.verified = verified;
  input.operator = verified === undefined ? undefined : verified ? (identity?.operator ?? '') : '';
  input.category = verified === undefined ? undefined : verified ? (identity?.category ?? '') : '';
  input.heuristics = isScored ? bot.heuristics : undefined;
  input.address = address;
  return input;
}

function outcome(
  ended: ReadyRule | null,
  logged: readonly string[],
  dry: readonly string[],
  unknowns: number,
  handed?: readonly HandedRule[],
): RuleOutcome {
  const then = ended?.ending;
  return Object.freeze({
    action: then?.action === 'block' ? 'block' : then?.action === 'allow' ? 'allow' : 'pass',
    rule: ended?.name ?? null,
    status: then?.action === 'block' ? then.status : 0,
    body: then?.action === 'block' ? then.body : '',
    logged,
    dry,
    unknowns,
    ...(handed !== undefined && { handed }),
  });
}

/** Stands in before the first request. */
const nobody: RequestHead = {
  method: '',
  target: '',
  path: '',
  query: '',
  version: '1.1',
  rawHeaders: [],
  fieldNumbers: [],
  headers: Object.create(null),
  host: '',
  scheme: 'http',
  clientAddress: '',
  handshake: null,
  isRelayed: false,
};
