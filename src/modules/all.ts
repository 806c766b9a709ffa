import { assert } from '../kernel/assert.ts';
import { botsDeclaration } from './bots/botsDeclaration.ts';
import { editsDeclaration } from './edits/editsDeclaration.ts';
import { ratesDeclaration } from './rates/ratesDeclaration.ts';
import { redirectsDeclaration } from './redirects/redirectsDeclaration.ts';
import type { ModuleColumn, ModuleDeclaration, ModuleField, ModuleReason } from './row/declaration.ts';
import { rulesDeclaration } from './rules/rulesDeclaration.ts';
import { shadowDeclaration } from './shadow/shadowDeclaration.ts';
import { sizesDeclaration } from './sizes/sizesDeclaration.ts';
import { verifyDeclaration } from './verify/verifyDeclaration.ts';

/**
 * All modules, in the order in which a request meets them: who it is, what it is, what the site says to that, what the site
 * answers itself, what goes to the origin. `edge/modules/all.ts` has the implementations, and the compiler finds one that lacks.
 */
export const moduleDeclarations = [
  verifyDeclaration,
  botsDeclaration,
  rulesDeclaration,
  ratesDeclaration,
  redirectsDeclaration,
  sizesDeclaration,
  editsDeclaration,
  shadowDeclaration,
] as const satisfies readonly ModuleDeclaration[];

type Declared = (typeof moduleDeclarations)[number];
type WordsOf<Row, Key extends string> = Row extends { readonly [K in Key]: infer Part }
  ? Part extends readonly string[]
    ? Part[number]
    : keyof Part & string
  : never;

export type ModuleName = Declared['name'];
/** Why a module answers in a site's stead, over all modules. */
export type ModuleReasonWord = WordsOf<Declared, 'reasons'>;
/** Names that modules give to rules. */
export type ModuleFieldName = WordsOf<Declared, 'vocabulary'>;
/** What a rule may do besides `allow`. */
export type ModuleAction = WordsOf<Declared, 'ruleActions'>;

type ActionsOf<Row> = Row extends { readonly ruleActions: infer Actions } ? Actions : never;
type Together<Union> = (Union extends Union ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type AllActions = Together<ActionsOf<Declared>>;
/** Those whose shapes the modules bring. */
export type ModuleActionShapes = {
  readonly [Word in keyof AllActions as AllActions[Word] extends null ? never : Word]: AllActions[Word];
};

const rows: readonly ModuleDeclaration[] = moduleDeclarations;

export const moduleNames = moduleDeclarations.map(({ name }) => name) as readonly ModuleName[];

export const moduleReasons = merged('reasons') as Readonly<Record<ModuleReasonWord, ModuleReason>>;

export const moduleFields = merged('vocabulary') as Readonly<Record<ModuleFieldName, ModuleField>>;

/** Columns of the request log that modules fill, in the modules' order. */
export const moduleColumns = merged('columns') as Readonly<Record<string, ModuleColumn>>;

/** What modules' actions take, as rules write it. */
export const moduleActionShapes = Object.fromEntries(
  rows.flatMap(({ ruleActions = {} }) => Object.entries(ruleActions).filter(([, shape]) => shape !== null)),
) as unknown as ModuleActionShapes;

export const moduleActions = rows.flatMap(({ ruleActions = {} }) =>
  Object.keys(ruleActions),
) as readonly ModuleAction[];

/** One part of all rows. A word that two modules claim would mean two things: our own mistake. */
function merged<Key extends 'reasons' | 'vocabulary' | 'columns'>(part: Key): Readonly<Record<string, unknown>> {
  const entries = rows.flatMap((row) => Object.entries(row[part] ?? {}));
  assert(new Set(entries.map(([word]) => word)).size === entries.length, `a word of the modules' ${part} stands twice`);
  return Object.fromEntries(entries);
}
