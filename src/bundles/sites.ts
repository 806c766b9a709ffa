import { type Rule, type RuleThen, ruleActions, type Site, type SitesFile } from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import { compileRules } from '../rules/index.ts';
import { type FindingList, quote, quoteSome } from './findingList.ts';
import { hostCharsMax, hostPattern, isSiteName, ruleNamePattern } from './names.ts';
import { exactFile, exactObject, isString, objectOf, refuse, repeatedNames } from './shape.ts';
import { decodeSiteEdits, editKeys } from './siteEdits.ts';
import { decodeOrigins, decodeUpstream } from './siteUpstream.ts';

export const blockBodyCharsMax = 16_384;

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
  const sites = file.sites.map((site, index) => decodeSite(site, index, findings)).filter((site) => site !== undefined);
  checkUnique(sites, findings);
  return findings.isEmpty ? { schema: 1, sites } : undefined;
}

function checkUnique(sites: readonly Site[], findings: FindingList): void {
  const names = repeatedNames(sites.map((site) => site.name));
  if (names.length > 0) {
    findings.add({ reason: 'site-duplicate', message: `Sites of the same name: ${quoteSome(names)}.`, names });
  }
  const hosts = repeatedNames(sites.flatMap((site) => site.hosts));
  if (hosts.length > 0) {
    findings.add({ reason: 'host-duplicate', message: `Hosts that stand twice: ${quoteSome(hosts)}.`, names: hosts });
  }
}

function decodeSite(value: unknown, index: number, findings: FindingList): Site | undefined {
  const { name } = (value ?? {}) as { name?: unknown };
  const where = typeof name === 'string' ? `Site ${quote(name)}` : `Site ${index}`;
  const optional = ['origin', 'origins', 'upstream', ...editKeys] as const;
  const site = objectOf(value, ['name', 'hosts', 'rules'], optional, where, findings);
  if (site === undefined) return undefined;
  if (typeof name !== 'string' || !isSiteName(name)) {
    return refuse(findings, `${where}: the name must be a host name or "default".`);
  }
  const hosts = decodeHosts(site.hosts, where, findings);
  const origins = decodeOrigins(site, where, findings);
  const upstream = site.upstream === undefined ? {} : decodeUpstream(site.upstream, `${where}, upstream`, findings);
  const edits = decodeSiteEdits(site, where, findings);
  const rules = decodeRules(site.rules, where, findings);
  if (!hosts || !origins || !upstream || !edits || !rules) return undefined;
  const decoded: Site = { name, hosts, ...origins, ...(site.upstream !== undefined && { upstream }), ...edits, rules };
  // Also asks which rules would block, with all scores absent, what passes with a score.
  const compiled = compileRules(decoded);
  if (!compiled.ok) findings.addAll(compiled.error);
  return decoded;
}

function decodeHosts(value: unknown, where: string, findings: FindingList): readonly string[] | undefined {
  if (!Array.isArray(value) || !value.every((host) => typeof host === 'string')) {
    return refuse(findings, `${where}: the hosts must be a list of names.`);
  }
  const limit = limits.hostsPerSiteMax;
  if (value.length === 0 || value.length > limit) {
    const message = `${where} has ${value.length} hosts; 1 to ${limit} are allowed.`;
    findings.add({ reason: 'host-invalid', message, value: value.length, limit });
    return undefined;
  }
  const bad = value.filter((host) => host !== '*' && (host.length > hostCharsMax || !hostPattern.test(host)));
  if (bad.length === 0) return value;
  const names = bad.map((host) => host.slice(0, 300));
  const message = `${where}: no host names: ${quoteSome(names)}. They are lower case, without scheme and port; * catches the rest.`;
  findings.add({ reason: 'host-invalid', message, names });
  return undefined;
}

function decodeRules(value: unknown, where: string, findings: FindingList): readonly Rule[] | undefined {
  if (!Array.isArray(value)) return refuse(findings, `${where}: the rules must be a list.`);
  const limit = limits.rulesPerSiteMax;
  if (value.length > limit) {
    const message = `${where} has ${value.length} rules; at most ${limit} are allowed.`;
    findings.add({ reason: 'rules-too-many', message, value: value.length, limit });
    return undefined;
  }
  const rules = value.map((rule, index) => decodeRule(rule, `${where}, rule ${index}`, findings));
  if (rules.some((rule) => rule === undefined)) return undefined;
  const names = repeatedNames(rules.map((rule) => rule!.name));
  if (names.length === 0) return rules as Rule[];
  findings.add({
    reason: 'rule-name-duplicate',
    message: `${where}: rules of the same name: ${quoteSome(names)}.`,
    names,
  });
  return undefined;
}

function decodeRule(value: unknown, where: string, findings: FindingList): Rule | undefined {
  const rule = exactObject(value, ['name', 'when', 'then', 'dryRun', 'whenAbsent'] as const, where, findings);
  if (rule === undefined) return undefined;
  const { name, when, dryRun, whenAbsent } = rule;
  if (typeof name !== 'string' || !ruleNamePattern.test(name)) {
    return refuse(findings, `${where}: the name must have 1 to 100 characters and no control characters.`);
  }
  if (typeof when !== 'string') return refuse(findings, `${where}: "when" must be text.`);
  if (when.length > limits.expressionCharsMax) {
    const message = `${where}: "when" has ${when.length} characters; at most ${limits.expressionCharsMax} are allowed.`;
    findings.add({ reason: 'rule-too-costly', message, value: when.length, limit: limits.expressionCharsMax });
    return undefined;
  }
  if (typeof dryRun !== 'boolean') return refuse(findings, `${where}: "dryRun" must be true or false.`);
  if (whenAbsent !== 'block' && whenAbsent !== 'never-block') {
    return refuse(findings, `${where}: "whenAbsent" must be "block" or "never-block".`);
  }
  const then = decodeThen(rule.then, `${where}, then`, findings);
  return then === undefined ? undefined : { name, when, then, dryRun, whenAbsent };
}

function decodeThen(value: unknown, where: string, findings: FindingList): RuleThen | undefined {
  const action = ruleActions.find((known) => known === (value as { action?: unknown } | null)?.action);
  if (action === undefined) return refuse(findings, `${where}: the action must be one of ${ruleActions.join(', ')}.`);
  if (action !== 'block') {
    return exactObject(value, ['action'] as const, where, findings) === undefined ? undefined : { action };
  }
  const block = exactObject(value, ['action', 'status', 'body'] as const, where, findings);
  if (block === undefined) return undefined;
  const { status, body } = block;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) {
    return refuse(findings, `${where}: the status must be a whole number from 400 to 599.`);
  }
  if (!isString(body, 0, blockBodyCharsMax)) {
    return refuse(findings, `${where}: the body must be text of at most ${blockBodyCharsMax} characters.`);
  }
  return { action, status, body };
}
