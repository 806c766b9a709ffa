import type { Finding } from '../../contract/finding.ts';
import type { ListsFile } from '../../contract/kinds/listsFile.ts';
import type { SitesFile } from '../../contract/kinds/sitesFile.ts';
import { limits } from '../../contract/limits.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { AddressLists, unlisted } from '../../lists/index.ts';
import { rehearsalLimits } from './limits.ts';
import { said } from './rehearsal.ts';
import { compileSites, findSite, human } from './rehearseSites.ts';

/**
 * Decides this edge's recent requests by the sites in force with the old and the new lists, all of them with a person's score. A source that
 * went wrong may say that half of the world is a data centre; each rule on it is valid, and together they would refuse visitors that
 * they let through a minute ago. More than a fifth of those is taken only from a bundle that says acceptShift.
 */
export function rehearseLists(
  old: ListsFile | undefined,
  next: ListsFile,
  sites: SitesFile | undefined,
  real: readonly RequestHead[],
  acceptShift: boolean,
): Finding[] {
  try {
    const compiled = compileSites(sites ?? { schema: 1, sites: [] });
    const before = old === undefined ? undefined : new AddressLists(old);
    const after = new AddressLists(next);
    const blocking = new Set<string>();
    let passed = 0;
    let blocked = 0;
    for (const head of real) {
      const found = findSite(compiled, head);
      if (found === undefined) continue;
      const { clientAddress } = head;
      if (found.rules.decide(head, human, undefined, before?.of(clientAddress) ?? unlisted).action === 'block')
        continue;
      passed += 1;
      const outcome = found.rules.decide(head, human, undefined, after.of(clientAddress));
      if (outcome.action !== 'block') continue;
      blocked += 1;
      blocking.add(`${found.site.name}/${outcome.rule}`);
    }
    const share = blocked / Math.max(passed, 1);
    if (acceptShift || passed < rehearsalLimits.shiftHeadsMin || share <= rehearsalLimits.fallShareMax) return [];
    const message = `With these lists, rules would block ${(share * 100).toFixed(0)} % of ${passed} recent requests that they let through now; more than ${rehearsalLimits.fallShareMax * 100} % is taken only from a bundle that says acceptShift.`;
    const names = [...blocking].slice(0, limits.namesPerFindingMax);
    return [{ reason: 'rehearsal-blocks', message, names, value: share, limit: rehearsalLimits.fallShareMax }];
  } catch (error) {
    return [{ reason: 'rehearsal-threw', message: `Looking an address up failed: ${said(error)}` }];
  }
}
