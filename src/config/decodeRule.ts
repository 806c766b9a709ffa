import { isRuleName } from '../bundles/index.ts';
import { type Rule, type RuleThen, ruleActions } from '../contract/kinds/sitesFile.ts';
import { hint } from '../kernel/didYouMean.ts';
import type { CheckedRule } from '../rules/index.ts';
import { checkExpression } from '../rules/index.ts';
import { configLimits } from './configLimits.ts';
import type { Decoder, Place } from './decoder.ts';
import { locateInScalar } from './locateInScalar.ts';

/** A rule with its checked expression and where its parts stand. */
export interface PlacedRule extends CheckedRule {
  readonly whenPlace: Place;
}

/** Checks each distinct expression once per file: anchors may put one costly rule into a thousand sites. */
export class RuleReader {
  readonly #checked = new Map<string, ReturnType<typeof checkExpression>>();

  check(text: string): ReturnType<typeof checkExpression> {
    const known = this.#checked.get(text);
    if (known !== undefined) return known;
    const checked = checkExpression(text);
    this.#checked.set(text, checked);
    return checked;
  }
}

/** What could be read of a rule: its name is compared with others' even where the rest is wrong. */
export interface ReadRule {
  readonly name: string | undefined;
  readonly namePlace: Place;
  readonly placed: PlacedRule | undefined;
}

export function decodeRule(decoder: Decoder, place: Place, reader: RuleReader): ReadRule {
  const keys = {
    name: 'required',
    when: 'required',
    then: 'required',
    dryRun: 'optional',
    whenAbsent: 'optional',
  } as const;
  const places = decoder.mapping(place, keys, 'a rule') ?? {};
  const name = places.name && decodeName(decoder, places.name);
  const namePlace = places.name ?? place;
  const when = places.when && decodeWhen(decoder, places.when, reader);
  const then = places.then && decodeThen(decoder, places.then);
  const dryRun = places.dryRun === undefined ? false : decoder.trueOrFalse(places.dryRun, 'dryRun');
  const whenAbsent = places.whenAbsent === undefined ? 'never-block' : decodeWhenAbsent(decoder, places.whenAbsent);
  const isComplete = name !== undefined && when !== undefined && then !== undefined;
  if (!isComplete || dryRun === undefined || whenAbsent === undefined) return { name, namePlace, placed: undefined };
  const rule = { name, when: when.text, then, dryRun, whenAbsent };
  return { name, namePlace, placed: { rule, tree: when.tree, whenPlace: places.when! } };
}

function decodeName(decoder: Decoder, place: Place): string | undefined {
  const name = decoder.text(place, 'the name of a rule');
  if (name === undefined || isRuleName(name)) return name;
  return decoder.report(place, 'the name of a rule has 1 to 100 characters and none that cannot be printed');
}

/** `when: true` is a YAML boolean and means the expression `true`. */
function decodeWhen(decoder: Decoder, place: Place, reader: RuleReader) {
  const scalar = decoder.scalar(place);
  const text = typeof scalar?.value === 'boolean' ? String(scalar.value) : decoder.text(place, 'when');
  if (text === undefined) return undefined;
  const checked = reader.check(text);
  if (checked.ok) return { text, tree: checked.value };
  for (const problem of checked.error) {
    const offset = scalar === undefined ? 0 : locateInScalar(decoder.source.text, scalar, problem.offset);
    decoder.reportAt(offset, place.path, problem.message);
  }
  return undefined;
}

function decodeThen(decoder: Decoder, place: Place): RuleThen | undefined {
  if (decoder.isMapping(place)) return decodeBlock(decoder, place);
  const action = decoder.text(place, 'then');
  if (action === undefined) return undefined;
  if (action === 'block') return { action, ...blockDefaults };
  if (action === 'allow' || action === 'log') return { action };
  return decoder.report(
    place,
    `then must be one of ${ruleActions.join(', ')}, or block: {status, body}${hint(action, ruleActions)}`,
  );
}

/** An honest 403: a refusal answered with 200 breaks clients and is cached. */
export const blockDefaults = { status: 403, body: 'Access denied.\n' } as const;

function decodeBlock(decoder: Decoder, place: Place): RuleThen | undefined {
  const then = decoder.mapping(place, { block: 'required' }, 'then')?.block;
  if (then === undefined) return undefined;
  const block = decoder.mapping(then, { status: 'optional', body: 'optional' }, 'block');
  if (block === undefined) return undefined;
  const status =
    block.status === undefined ? blockDefaults.status : decoder.wholeNumber(block.status, 'the status', 400, 599);
  const body = block.body === undefined ? blockDefaults.body : decoder.text(block.body, 'the body');
  if (body !== undefined && body.length > configLimits.bodyCharsMax) {
    return decoder.report(
      block.body!,
      `the body has ${body.length} characters; at most ${configLimits.bodyCharsMax} are taken`,
    );
  }
  return status === undefined || body === undefined ? undefined : { action: 'block', status, body };
}

function decodeWhenAbsent(decoder: Decoder, place: Place): Rule['whenAbsent'] | undefined {
  const text = decoder.text(place, 'whenAbsent');
  if (text === undefined || text === 'block' || text === 'never-block') return text;
  return decoder.report(place, `whenAbsent must be block or never-block${hint(text, ['block', 'never-block'])}`);
}
