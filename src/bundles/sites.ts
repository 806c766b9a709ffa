import type { Site, SitesFile } from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import { compileRules } from '../rules/index.ts';
import { site as siteShape } from '../siteKeys/index.ts';
import { type FindingList, quote } from './findingList.ts';
import { exactFile, refuse } from './shape.ts';
import { ShapeValidator } from './shapeValidator.ts';

/** Reads a sites file strictly, compiles every rule and asks what happens when all scores are absent. */
export function decodeSites(value: unknown, findings: FindingList): SitesFile | undefined {
  const file = exactFile(value, ['sites'], findings);
  if (file === undefined) return undefined;
  if (!Array.isArray(file.sites)) return refuse(findings, '"sites" must be a list.');
  // An empty list is what a failed query or a wrong filter gives, and it would refuse every request.
  if (file.sites.length === 0) refuse(findings, 'The file has no sites.');
  const limit = limits.sitesMax;
  if (file.sites.length > limit) {
    const message = `The file has ${file.sites.length} sites; at most ${limit} are allowed.`;
    findings.add({ reason: 'sites-too-many', message, value: file.sites.length, limit });
    return undefined;
  }
  const validator = new ShapeValidator(findings);
  const sites = file.sites.map((site, index) => decodeSite(site, index, validator, findings));
  validator.reportRepeated();
  return findings.isEmpty ? { schema: 1, sites: sites as Site[] } : undefined;
}

function decodeSite(value: unknown, index: number, validator: ShapeValidator, findings: FindingList): Site | undefined {
  const { name } = (value ?? {}) as { name?: unknown };
  const where = typeof name === 'string' ? `Site ${quote(name)}` : `Site ${index}`;
  const site = validator.record(siteShape, value, where);
  if (site === undefined) return undefined;
  // Also asks which rules would block, with all scores absent, what passes with a score.
  const compiled = compileRules(site);
  if (!compiled.ok) findings.addAll(compiled.error);
  return site;
}
