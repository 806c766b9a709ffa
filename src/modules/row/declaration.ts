import type { RecordShape } from '../../shape/index.ts';

/*
 * A module is a step in a request's life that is allowed to fail. Its row has two halves: what is declared here, pure data
 * that control, the factory, rules and the docs read, and its implementation in `edge/modules/NAME`. Whatever else has to
 * know of a module (switches, metrics, log columns, trace, failure table, docs) is derived from the rows.
 */

/**
 * Where a module may act, in the order in which a request meets them. The first four stand on the request's way; the steps of
 * the answer run in the opposite order of modules: who asks first, answers last. `src/edge/pipeline/module.ts` has the types.
 */
export const phases = [
  'head',
  'requestBody',
  'originHead',
  'serve',
  'noAnswer',
  'answerHead',
  'answerBody',
  'record',
] as const;
export type Phase = (typeof phases)[number];

/** What the failure of a module means depends on how far the request is. */
export interface FailureMeaning {
  /**
   * Before the answer's first byte. open: the request goes on with the module's neutral answer. closed: it is answered with 503,
   * `module-closed`. stale: the module's last answer stands in where it has one, else as open.
   */
  readonly before: 'open' | 'closed' | 'stale';
  /** Behind it. leave-out: the rest of the answer goes on without the module. cut: the connection ends, so that nobody takes half for whole. */
  readonly afterFirstByte: 'cut' | 'leave-out';
}

/** Why a module answers in the site's stead. The word is `Holdfast-Error`, the metric's label and the log's word. */
export interface ModuleReason {
  /** null: a rule or the site says which. */
  readonly status: number | null;
  readonly says: string;
  /** It is what the site wants (blocked, limited), not something gone wrong: counted as a declining, not as an error. */
  readonly isWished?: true;
}

/** A column of the request log that a module fills. */
export interface ModuleColumn {
  /** Number of the migration that brings it: columns stand in the table in the order in which they came, not in the modules'. */
  readonly since: number;
  readonly type: 'UInt8' | 'UInt16' | 'UInt32' | 'Float32' | 'String';
  readonly says: string;
}

/** A name that rules may use. */
export interface ModuleField {
  readonly type: 'bool' | 'int' | 'double' | 'string' | 'strings';
  readonly says: string;
  /** answer: no rule about the request can ask for it. */
  readonly knownAfter: 'head' | 'answer';
  /** What has to be there for it to be known. The check of absent scores asks what rules do without each of them. */
  readonly absentWith: 'score' | 'identity' | 'nothing';
}

export interface ModuleDeclaration {
  /** Also its switch, its metrics' label and its folder's name in `edge/modules`. */
  readonly name: string;
  /** One sentence for the docs: what it does. */
  readonly says: string;
  readonly phases: readonly Phase[];
  readonly failure: FailureMeaning;
  /** It only looks on: its failures are counted as its own, and take no bundle back. */
  readonly isBystander?: true;
  /** What stands in while it is switched off or failed, in words. */
  readonly neutral: string;
  readonly reasons?: Readonly<Record<string, ModuleReason>>;
  readonly columns?: Readonly<Record<string, ModuleColumn>>;
  /** Lines of the trace, in their order; one that has nothing to say is left out. */
  readonly trace?: Readonly<Record<string, string>>;
  readonly vocabulary?: Readonly<Record<string, ModuleField>>;
  /** Keys of a site that it reads; a site that says none of them, nor a rule with one of its actions, may do without it. */
  readonly siteKeys?: readonly string[];
  /**
   * Words behind `then:` that it carries out; a switch `action:WORD` turns each off. The shape says what the word takes; null: the
   * rules' own, which stands with them.
   */
  readonly ruleActions?: Readonly<Record<string, RecordShape | null>>;
}

/** Keeps the words of a declaration as types, from which the closed lists are made. */
export function declare<const Declaration extends ModuleDeclaration>(declaration: Declaration): Declaration {
  return declaration;
}
