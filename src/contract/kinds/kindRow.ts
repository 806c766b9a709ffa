/**
 * What there is to decide about a kind of bundle, as data. Publisher, store, agent, last good, log, command line and docs
 * read it here, so that none of them knows a kind by name. What is code about a kind stands where it runs, in tables that
 * the compiler finds incomplete: `bundles/validate.ts` (how it is read), `agent/rehearsal/rehearsals.ts` (what is tried
 * with it) and `edge/activeSet` (what a request asks of it, where it does).
 */
export interface KindRow<Kind extends string> {
  /** What a bundle of this kind says: one sentence for the docs. */
  readonly says: string;
  /** Who makes it. The factory and an edge sign what they make with a key of theirs; the rest is signed by control. */
  readonly maker: 'factory' | 'operator' | 'control' | 'edge';
  /** Octets of a payload. The reason for the size stands beside it. */
  readonly payloadBytesMax: number;
  /** What this kind alone is refused for, and what each reason means. Part of the closed list (`contract/finding.ts`). */
  readonly reasons: Readonly<Record<string, string>>;
  /** Kinds of one group judge a request together: they are rehearsed together and swapped as one set. */
  readonly group: string;
  /** Files in force that a new one has to fit, and… */
  readonly companions: readonly Kind[];
  /** … those that the software comes with. */
  readonly shippedCompanions: readonly Kind[];
  /** What is tried with it on an edge's recent requests before any worker has it; null: nothing. */
  readonly rehearsal: Rehearsal<Kind> | null;
  /** `staged`: on one worker first, watched, then on the others. `at-once`: on all of them, checked and nothing else. */
  readonly rollout: 'staged' | 'at-once';
  /**
   * How an edge gives up one that its workers die on. `with-group`: together with those of its group that say so too, for
   * they cannot do without each other. `alone`: whoever asks it does without. `never`: it stays, whatever dies.
   */
  readonly demotion: 'with-group' | 'alone' | 'never';
  /** Comes so often that it is the newest by chance: where it is given up and workers go on dying, what came before is next. */
  readonly isOftenNewest: boolean;
  /** An edge without it serves nobody, and says so when it starts. */
  readonly isNeeded: boolean;
  /** Making and spreading it can be stopped (`holdfast freeze`). */
  readonly isFreezable: boolean;
  /** The software comes with one, `shipped/KIND.json`: version 0. */
  readonly isShipped: boolean;
  /** Versions that control keeps. An edge keeps as many of each kind (`lastgood/limits.ts`). */
  readonly versionsKept: number;
  /** The request log has a column `KIND_version`: a row of `factory/log/requestColumns.ts` and a migration. */
  readonly isLogged: boolean;
  /** What `holdfast KIND` is for, where there is such a verb; null: other verbs do it. */
  readonly verb: string | null;
}

export interface Rehearsal<Kind extends string> {
  /** For the docs: what is tried, and what is held against it. */
  readonly tries: string;
  /** Files in force that it is tried beside. Each is read anew for it, so large ones stand here only where they are asked. */
  readonly beside: readonly Kind[];
}
