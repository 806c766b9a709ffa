import type { Io } from './io.ts';

/** One thing that the command line can do. Help, the documents and the reading of arguments come out of this row. */
export interface Verb {
  /** What is typed behind `holdfast`: `check`; `model report` is a verb of `model`. */
  readonly name: string;
  /** For the list of all verbs, without a full stop. */
  readonly summary: string;
  /** The ways to call it; one that takes no words at all has the form `{ words: '' }`. */
  readonly forms: readonly Form[];
  /** Sentences that its help begins with. */
  readonly says?: string;
  /** Flags of all its forms. */
  readonly flags: Flags;
  /** Whole commands to copy. */
  readonly examples?: readonly string[];
  /** What stands on standard output afterwards, without a full stop. */
  readonly prints: string;
  /** What its exit codes mean, most of them as `exits` says. */
  readonly exits: Exits;
  /** It goes on until it is told to end, and does not mind that nobody reads what it prints. */
  readonly serves?: true;
  /** Verbs of this one, each a row of its own. */
  readonly verbs?: readonly Verb[];
  /**
   * Called once, with arguments that fit one of the forms; returns the exit code. What is large is imported in here, because all
   * rows are loaded whichever verb is asked for.
   */
  run(asked: Asked, io: Io): Promise<number>;
}

export interface Form {
  /**
   * `publish FILE`: words in lower case are typed as they are, those in capitals stand for something, `[NAME]` may be left
   * out, `FILE ...` comes once or more.
   */
  readonly words: string;
  /** How flags stand in the first line of help, where `[options]` would say too little. */
  readonly shown?: string;
  /** Without a full stop. Where it is missing, the verb's own sentences say it. */
  readonly says?: string;
  /** Flags of this form alone. */
  readonly flags?: Flags;
}

export interface Flag {
  /** What it does, without a full stop. */
  readonly says: string;
  /** What stands behind it, like FILE. A flag without is said or not. */
  readonly takes?: string;
  readonly byDefault?: string;
  /** It may stand there more than once. */
  readonly repeats?: true;
  /** What it means where none of the words of `takes` (`new|old`) stands behind it. */
  readonly alone?: string;
}
export type Flags = Readonly<Record<string, Flag>>;
export type Exits = Readonly<Record<number, string>>;

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** What was typed behind a verb. */
export interface Asked {
  /** The words of its form that are typed as they are: `publish`; empty when there are none. */
  readonly form: string;
  /** The others. */
  readonly words: readonly string[];
  readonly values: Values;
  /** Tells on standard error what is wrong with it, with the usage behind it; returns the exit code. */
  wrong(message: string): number;
}

const usual: Exits = {
  0: 'done',
  1: 'refused, with the reasons on standard error',
  2: 'the command line or a file that it names cannot be read',
  69: 'nobody answers, and standard error says what to start',
};

/** 0, 2 and the given ones, as every verb means them. */
export function exits(...codes: readonly (1 | 69)[]): Exits {
  return Object.fromEntries([0, 2, ...codes].map((code) => [code, usual[code]!]));
}

/** Which Holdfast of this machine is meant. */
export const dataFlag: Flags = {
  data: { takes: 'DIR', says: "data folder of the 'holdfast up' or edge that is meant", byDefault: './.holdfast' },
};
export const controlFlags: Flags = {
  ...dataFlag,
  control: { takes: 'URL', says: "where control is, when it is not the one that 'holdfast up' started" },
};
export const jsonFlag: Flags = { json: { says: 'for programs' } };
