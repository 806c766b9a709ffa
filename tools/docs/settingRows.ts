import { type Keys, orList, type Shape } from '../../src/shape/index.ts';
import { words } from './table.ts';

/** What a table says of each key: how it is written, what it is, what may stand there, what counts without it. */
export const settingHeading = ['key', 'what it says', 'values', 'default'] as const;

/** A row for each key and for all that stands in it, but for what `elsewhere` names: that has a table of its own. */
export function settingRows(keys: Keys, path = '', elsewhere: readonly string[] = []): string[][] {
  return Object.entries(keys).flatMap(([key, shape]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const inner = elsewhere.includes(own)
      ? []
      : innerKeys(shape).flatMap(([name, more]) => settingRows(more, own + name, elsewhere));
    return [[`\`${own}\``, shape.says ?? '', valuesOf(shape), defaultOf(shape)], ...inner];
  });
}

/** The keys in it, and what stands between its path and theirs. A mapping of names of the user's choice has none. */
function innerKeys(shape: Shape): readonly (readonly [name: string, keys: Keys])[] {
  switch (shape.kind) {
    case 'record':
      return [['', shape.keys]];
    case 'list':
      return innerKeys(shape.item);
    case 'either':
      return innerKeys(shape.other);
    case 'action':
      return Object.entries(shape.actions).map(([name, { keys }]) => [`.${name}`, keys]);
    default:
      return [];
  }
}

function valuesOf(shape: Shape): string {
  switch (shape.kind) {
    case 'wholeNumber':
      return `${shape.min}–${shape.max}`;
    case 'trueOrFalse':
      return words([true, false].map(String));
    case 'oneOf':
      return orList(shape.words.map((word) => `\`${word}\``));
    case 'text':
      return shape.like === undefined ? 'text' : `\`${shape.like}\``;
    case 'expression':
      return `[expression](rules.md), up to ${shape.charsMax} characters`;
    case 'list':
      return `list of ${countOf(shape.min, shape.max)}: ${valuesOf(shape.item)}`;
    case 'entries':
      return `up to ${shape.max} of \`${shape.under}: ${shape.value}\``;
    case 'record':
      return `\`{${Object.keys(shape.keys).join(', ')}}\``;
    case 'action':
      return orList(Object.entries(shape.actions).flatMap(([name, { keys }]) => actionForms(name, keys)));
    case 'either':
      return `${valuesOf(shape.text)}, or ${valuesOf(shape.other)}`;
  }
}

/** As it may be written: the word, where it is enough, and the word with its keys, where it has some. */
function actionForms(name: string, keys: Keys): string[] {
  const isWordEnough = Object.values(keys).every(({ need }) => need !== 'required');
  const inside = Object.keys(keys).join(', ');
  return [...(isWordEnough ? [`\`${name}\``] : []), ...(inside === '' ? [] : [`\`${name}: {${inside}}\``])];
}

function countOf(min: number, max: number): string {
  return min === 0 ? `up to ${max}` : `${min}–${max}`;
}

function defaultOf(shape: Shape): string {
  if (shape.unsaid !== undefined) return shape.unsaid;
  if (shape.need === 'required') return '**required**';
  const said = 'default' in shape ? shape.default : undefined;
  // Each of its keys has its own.
  if (shape.kind === 'record') return '';
  return said === undefined || typeof said === 'function' ? 'none' : `\`${String(said).trim()}\``;
}
