import type { FilesByKind, RehearsedKind } from '../../contract/bundleKind.ts';
import type { Finding } from '../../contract/finding.ts';
import type { KindFiles } from '../../contract/kinds/kindRows.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { rehearseJudges } from './rehearsal.ts';
import { rehearseLists } from './rehearseLists.ts';
import { rehearseSites } from './rehearseSites.ts';

/** What a new file is tried with. */
export interface RehearsalParts {
  /** In force: the kinds that the row names under `beside`, of which any may be absent. */
  readonly old: FilesByKind;
  /** Recent requests of this edge, oldest first. */
  readonly real: readonly RequestHead[];
  readonly adversarial: readonly RequestHead[];
  readonly acceptShift: boolean;
  readonly nowMs: () => number;
}

type Rehearse<Kind extends RehearsedKind> = (next: KindFiles[Kind], parts: RehearsalParts) => Finding[];

/** Every kind whose row says that it is rehearsed, and how. */
export const rehearsals: { readonly [Kind in RehearsedKind]: Rehearse<Kind> } = {
  lists: (lists, parts) => [
    ...rehearseLists(parts.old.lists, lists, parts.old.sites, parts.real, parts.acceptShift),
    ...scores({ lists }, parts),
  ],
  features: (features, parts) => scores({ features }, parts),
  model: (model, parts) => scores({ model }, parts),
  signals: (signals, parts) => scores({ signals }, parts),
  sites: (sites, { old, real, adversarial, nowMs }) =>
    rehearseSites(old.sites, sites, [...adversarial, ...real], nowMs),
};

function scores(changed: FilesByKind, { old, real, adversarial, acceptShift, nowMs }: RehearsalParts): Finding[] {
  return rehearseJudges(old, { ...old, ...changed }, real, adversarial, acceptShift, nowMs);
}
