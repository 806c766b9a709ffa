import type { Result } from '../kernel/result.ts';

/*
 * A small closed language for what a setting may be. A shape is a description and does nothing: the reader of YAML
 * (`config/shapeReader.ts`), the validator of bundles (`bundles/shapeValidator.ts`), the tables of the docs and the JSON
 * Schema walk it, each in its own way. What no kind of shape can say is a function of it: `check` and its like.
 *
 * A setting is spelt twice: as a person writes it (YAML) and as the bundle carries it (JSON, the canonical form). Where the two
 * differ it is said here: `read`, `need: 'filled'`, `entriesOf`, `oneAction`.
 */
export type Shape =
  | WholeNumber
  | TrueOrFalse
  | Text
  | Expression
  | OneOf
  | List
  | RecordShape
  | Entries
  | Action
  | Either;

/** The shapes of a record by key, in the order in which they are named. */
export type Keys = Readonly<Record<string, Shape>>;

/** `filled`: a person may leave it out, and the bundle carries its default. */
export type Need = 'required' | 'optional' | 'filled';

interface Described {
  /** For the page and the editor: a sentence in Markdown without its full stop. */
  readonly says?: string;
  /** What messages call it; its key unless said otherwise. */
  readonly what?: string;
  /** The page's word for what counts when nothing is said, where no `default` shows it. */
  readonly unsaid?: string;
  /** The flag of `holdfast up` that wins over it. */
  readonly flag?: string;
  /** Why a bundle is refused for it, and for all that stands in it; that of what it stands in unless said otherwise. */
  readonly reason?: string;
  /** `optional` unless said otherwise. */
  readonly need?: Need;
}

export interface WholeNumber extends Described {
  readonly kind: 'wholeNumber';
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

export interface TrueOrFalse extends Described {
  readonly kind: 'trueOrFalse';
  readonly default?: boolean;
}

export interface Text extends Described {
  readonly kind: 'text';
  readonly default?: string | DefaultOf;
  /** For the page and the editor: what it looks like, `HOST:PORT`. */
  readonly like?: string;
  /** What a person wrote, made canonical; the error says what to change. Canonical as it stands unless said otherwise. */
  read?(text: string): Result<string, string>;
  /** What is wrong with the canonical text: a sentence without its full stop; undefined: nothing. */
  check?(text: string): string | undefined;
  /** What is wrong with it in this file, on this machine; a bundle may carry it all the same. */
  checkHere?(text: string, here: Here): string | undefined;
  readonly once?: Once;
}

/** A default that follows from the other keys of the record; undefined where they are not good enough. */
export type DefaultOf = (record: Readonly<Record<string, unknown>>) => string | undefined;

/** What is known where a file is read. */
export interface Here {
  /** Where the edge serves, if the file says so. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
}

/** This text stands once within the nearest shape around it that opens `scope`; where none does, in the file. */
export interface Once {
  readonly scope: string;
  readonly isCaseless?: boolean;
  /** Whether one that stands twice is read all the same, so that what else is wrong with its record is told, too. */
  readonly isKept?: boolean;
  /** `before` is the path of the item that has it already. */
  twice(text: string, before: string): string;
  /** The same of several, before a list of them. */
  readonly repeated: string;
  readonly reason?: string;
}

/** A condition of the rule language. Who walks the shape checks it, since that language stands above. */
export interface Expression extends Described {
  readonly kind: 'expression';
  readonly charsMax: number;
  /** Why a bundle is refused for a longer one. */
  readonly lengthReason: string;
}

export interface OneOf extends Described {
  readonly kind: 'oneOf';
  readonly words: readonly (string | number)[];
  readonly default?: string | number;
}

export interface List extends Described {
  readonly kind: 'list';
  readonly item: Shape;
  /** What a message calls one of them, before its number. */
  readonly each: string;
  readonly min: number;
  readonly max: number;
  readonly default?: readonly never[];
  /** Said of an empty one where `min` is 1. */
  readonly none?: string;
  /** Why a bundle is refused for too many or too few. */
  readonly countReason?: string;
  /** The scope of `Once` that is this list. */
  readonly opens?: string;
  /** Asked where each item is good. */
  check?(items: readonly never[]): { readonly index: number; readonly fault: string } | undefined;
}

export interface RecordShape extends Described {
  readonly kind: 'record';
  readonly keys: Keys;
  readonly opens?: string;
  /** Asked of the keys that are there, whatever they hold. `at`: the key that is to be changed. */
  checkKeys?(has: (key: string) => boolean): { readonly fault: string; readonly at?: string } | undefined;
  /** Asked where each key is good. */
  check?(record: never): string | undefined;
  /** The same where a person wrote it, with the key concerned; a bundle may carry it all the same. */
  checkHere?(record: never): { readonly fault: string; readonly at: string } | undefined;
}

/** People write a mapping of names of their choice; the bundle carries a list of records of two keys, since JSON's names are no place for data. */
export interface Entries extends Described {
  readonly kind: 'entries';
  readonly keys: Keys;
  readonly each: string;
  /** The key of the record that stands as a name in the mapping, and the one that stands behind it. */
  readonly under: string;
  readonly value: string;
  readonly max: number;
  /** Said of a name that cannot be. */
  readonly nameFault?: string;
}

/** A text, or something with more to say. */
export interface Either extends Described {
  readonly kind: 'either';
  readonly text: Text;
  readonly other: List | RecordShape;
}

/** One of several things to do: a word, or a mapping of the word to its keys; in the bundle a record of `action` and these keys. */
export interface Action extends Described {
  readonly kind: 'action';
  readonly actions: Actions;
}

/** By word, each with the keys it takes; a word alone will do where none of them is required. */
export type Actions = Readonly<Record<string, RecordShape>>;
