import { fieldNameOf, knownFieldNames } from '../../http/index.ts';
import { hpackLimits } from './limits.ts';
import { numberOf, pseudoFields } from './pseudoFields.ts';
import { staticTable } from './staticTable.ts';

/**
 * How the encoder treats the values of a name.
 * - `shared`: many answers of a connection have the same one; into the table at first sight.
 * - `seen`: into the table when it comes a second time in a row, so that values that never return do not push others out.
 * - `own`: nearly every answer has another one; never into the table.
 * - `secret`: as `own`, and no proxy behind us may put it into its table either (RFC 7541 section 7.1.3).
 */
export type ValueHabit = 'shared' | 'seen' | 'own' | 'secret';

/** What the encoder knows of a name. */
export interface SentName {
  /** Lower case. */
  readonly text: string;
  /** The first index of the static table with this name, or 0. */
  readonly staticIndex: number;
  /** Entries of the static table that also have a value, e.g. `:status` 200. */
  readonly staticEntries: readonly { readonly value: string; readonly index: number }[];
  readonly habit: ValueHabit;
  /** `own` or `secret`. */
  readonly isNeverAdded: boolean;
  /** Names with the same slot share a chain of entries, below `nameSlots`. */
  readonly slot: number;
}

const habits: Readonly<Record<string, ValueHabit>> = {
  ':status': 'shared',
  server: 'shared',
  'content-type': 'shared',
  'cache-control': 'shared',
  via: 'shared',
  vary: 'shared',
  'accept-ranges': 'shared',
  'alt-svc': 'shared',
  'content-encoding': 'shared',
  'strict-transport-security': 'shared',
  'content-security-policy': 'shared',
  'access-control-allow-origin': 'shared',
  'x-content-type-options': 'shared',
  'x-frame-options': 'shared',
  'x-powered-by': 'shared',
  ':path': 'own',
  'content-length': 'own',
  'content-range': 'own',
  etag: 'own',
  age: 'own',
  'x-request-id': 'own',
  'set-cookie': 'secret',
  cookie: 'secret',
  authorization: 'secret',
  'proxy-authorization': 'secret',
  'proxy-authenticate': 'secret',
  'www-authenticate': 'secret',
};

const pseudoSlots = Object.keys(pseudoFields).length;
const firstOtherSlot = pseudoSlots + knownFieldNames.length + 1;
const otherSlots = 64;
export const nameSlots = firstOtherSlot + otherSlots;

const pseudoNames = Object.entries(pseudoFields)
  .filter(([name]) => name !== 'other')
  .map(([name, number]) => sentName(`:${name}`, number + pseudoSlots));
export const statusName: SentName = pseudoNames.find(({ text }) => text === ':status')!;

const known: readonly SentName[] = knownFieldNames.map((name, index) => sentName(name, pseudoSlots + 1 + index));
/** Names that have no number, as they were given; emptied when full. */
const others = new Map<string, SentName>();

/** What the encoder knows of a name with its number (0: not known) and in any case. */
export function sentNameOf(name: string, number: number): SentName {
  if (number > 0) return known[number - 1]!;
  return others.get(name) ?? enterOther(name);
}

function enterOther(name: string): SentName {
  // A copy: the name may be a piece of a whole head, which would stay with it.
  const sent = Buffer.from(name, 'latin1').toString('latin1');
  const text = sent.toLowerCase();
  const number = numberOf(text);
  if (number > 0) return sentNameOf(fieldNameOf(number), number);
  const made = pseudoNames.find((pseudo) => pseudo.text === text) ?? sentName(text, firstOtherSlot + hash(text));
  if (name.length > hpackLimits.responseNameCharsMax) return made;
  if (others.size >= hpackLimits.responseNamesMax) others.clear();
  others.set(sent, made);
  return made;
}

function sentName(text: string, slot: number): SentName {
  const indices = [...staticTable.keys()].filter((index) => index > 0 && staticTable[index]!.name === text);
  const habit = habits[text] ?? 'seen';
  return {
    text,
    staticIndex: indices[0] ?? 0,
    staticEntries: indices
      .map((index) => ({ value: staticTable[index]!.value, index }))
      .filter(({ value }) => value !== ''),
    habit,
    isNeverAdded: habit === 'own' || habit === 'secret',
    slot,
  };
}

function hash(text: string): number {
  let mixed = text.length;
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed, 31) + text.charCodeAt(index);
  return (mixed >>> 0) % otherSlots;
}
