import type { Rule, Site } from '../contract/kinds/sitesFile.ts';
import { absenceMessage, findAbsentBlockers, searchCostProblem } from '../rules/index.ts';
import type { Here } from '../shape/index.ts';
import { rules, sites } from '../siteKeys/index.ts';
import type { Decoder, Place } from './decoder.ts';
import { ExpressionReader } from './expressionReader.ts';
import { type ReadList, ShapeReader } from './shapeReader.ts';

/** Reads `sites:` of holdfast.yaml; undefined where a problem leaves nothing to return. */
export function decodeSites(decoder: Decoder, place: Place, here: Here): readonly Site[] | undefined {
  const expressions = new ExpressionReader();
  const checks = new Map([[rules, (list: ReadList) => checkTogether(decoder, list, expressions)]]);
  return new ShapeReader(decoder, expressions, here, checks).read(sites, place, 'sites');
}

/** What the rules of a site, as far as they are good, do to each other. */
function checkTogether(decoder: Decoder, { place, items }: ReadList, expressions: ExpressionReader): void {
  const placed = items.flatMap((item) => {
    const rule = item.value as Rule | undefined;
    const checked = rule && expressions.check(rule.when);
    return checked?.ok ? [{ rule: rule!, tree: checked.value, place: item.place }] : [];
  });
  for (const blocker of findAbsentBlockers(placed)) {
    const blocking = placed.find(({ rule }) => rule === blocker.block)!;
    decoder.report(decoder.child(blocking.place, 'when') ?? blocking.place, absenceMessage(blocker));
  }
  const searchCost = searchCostProblem(placed.map(({ tree }) => tree));
  if (searchCost !== undefined) decoder.report(place, searchCost);
}
