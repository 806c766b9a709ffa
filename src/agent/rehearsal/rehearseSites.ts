import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Site, SitesFile } from '../../contract/kinds/sitesFile.ts';
import { limits } from '../../contract/limits.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { type CompiledRules, compileRules } from '../../rules/index.ts';
import { said } from './rehearsal.ts';
import { RehearsalTimes } from './rehearsalTimes.ts';

/**
 * Decides every head with the old and the new sites, once with the score absent and once with a person's. A valid rule
 * may block whom it likes; what it may not do is block, because the score is absent, a request that the old sites let
 * through and that it would itself let through with a score.
 */
export function rehearseSites(
  old: SitesFile | undefined,
  next: SitesFile,
  heads: readonly RequestHead[],
  nowMs: () => number,
): Finding[] {
  try {
    const before = old === undefined ? undefined : compileSites(old);
    const after = compileSites(next);
    const blocking = new Set<string>();
    const times = new RehearsalTimes(nowMs);
    for (const head of heads) {
      const site = findSite(after, head);
      if (site === undefined) continue;
      const outcome = times.time(() => site.rules.decide(head, absent));
      if (outcome.action !== 'block' || site.rules.decide(head, human).action === 'block') continue;
      const rule = site.site.rules.find(({ name }) => name === outcome.rule);
      const wasBlocked = before !== undefined && findSite(before, head)?.rules.decide(head, absent).action === 'block';
      if (rule?.whenAbsent !== 'block' && !wasBlocked) blocking.add(`${site.site.name}/${outcome.rule}`);
    }
    return [...blockFindings([...blocking]), ...times.findings('Deciding one request')];
  } catch (error) {
    return [{ reason: 'rehearsal-threw', message: `Deciding a request of the rehearsal failed: ${said(error)}` }];
  }
}

const absent: BotVerdict = { kind: 'absent', reason: 'not-scored' };
/** Nobody could be surer to be a person. */
export const human: BotVerdict = {
  kind: 'scored',
  score: 99,
  source: 'model',
  heuristics: [],
  vector: new Float32Array(0),
  verified: false,
};

export interface CompiledSite {
  readonly site: Site;
  readonly rules: CompiledRules;
}

export function compileSites(file: SitesFile): Map<string, CompiledSite> {
  const byHost = new Map<string, CompiledSite>();
  for (const site of file.sites) {
    const rules = compileRules(site);
    if (!rules.ok) throw new Error(`site ${site.name}: ${rules.error[0]?.message}`);
    for (const host of site.hosts) byHost.set(host, { site, rules: rules.value });
  }
  return byHost;
}

export function findSite(sites: ReadonlyMap<string, CompiledSite>, head: RequestHead): CompiledSite | undefined {
  return sites.get(head.host) ?? sites.get('*');
}

function blockFindings(rules: readonly string[]): Finding[] {
  if (rules.length === 0) return [];
  const message = `With the score absent, rules would block recent requests that they let through with a score. Write the condition so that an absent score does not fire it, or say whenAbsent: block.`;
  return [{ reason: 'rehearsal-blocks', message, names: rules.slice(0, limits.namesPerFindingMax) }];
}
