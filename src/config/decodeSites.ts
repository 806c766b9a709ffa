import { isSiteName } from '../bundles/index.ts';
import type { HostPort } from '../contract/edgeOptions.ts';
import type { Rule, Site } from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import { absenceMessage, findAbsentBlockers, searchCostProblem } from '../rules/index.ts';
import { parseHost } from './addresses.ts';
import { decodeEdits } from './decodeEdits.ts';
import { decodeRule, type ReadRule, type RuleReader } from './decodeRule.ts';
import type { Decoder, Place } from './decoder.ts';
import { decodeOrigins, decodeUpstream } from './decodeUpstream.ts';

/** What sites are checked against besides each other. */
export interface SitesContext {
  readonly reader: RuleReader;
  /** Where the edge serves, if the file says so. */
  readonly listen: HostPort | undefined;
}

/** Decodes `sites`; undefined where a problem leaves nothing to return. */
export function decodeSites(decoder: Decoder, place: Place, context: SitesContext): Site[] | undefined {
  const items = decoder.list(place, 'sites', limits.sitesMax);
  if (items === undefined) return undefined;
  if (items.length === 0) return decoder.report(place, 'there are no sites; name at least one');
  const hosts = new Map<string, string>();
  const names = new Map<string, string>();
  const sites = items.map((item) => decodeSite(decoder, item, hosts, names, context));
  return sites.every((site) => site !== undefined) ? sites : undefined;
}

function decodeSite(
  decoder: Decoder,
  place: Place,
  hostsSeen: Map<string, string>,
  namesSeen: Map<string, string>,
  context: SitesContext,
): Site | undefined {
  const keys = {
    hosts: 'required',
    origin: 'optional',
    origins: 'optional',
    upstream: 'optional',
    limits: 'optional',
    requestHeaders: 'optional',
    responseHeaders: 'optional',
    redirects: 'optional',
    errorPages: 'optional',
    name: 'optional',
    rules: 'optional',
  } as const;
  const site = decoder.mapping(place, keys, 'a site');
  if (site === undefined) return undefined;
  const hosts = site.hosts && decodeHosts(decoder, site.hosts, hostsSeen);
  const origins = decodeOrigins(decoder, place, site, context.listen);
  const upstream = site.upstream && decodeUpstream(decoder, site.upstream);
  if (upstream?.tls !== undefined && origins !== undefined && !isAnyEncrypted(origins)) {
    decoder.report(site.upstream!, 'tls concerns https origins, and this site has none');
  }
  const edits = decodeEdits(decoder, site);
  const rules = site.rules === undefined ? [] : decodeRules(decoder, site.rules, context.reader);
  const name = decodeName(decoder, site.name ?? place, site.name === undefined ? hosts : undefined, namesSeen);
  if (!hosts || !origins || !edits || !rules || name === undefined) return undefined;
  if (site.upstream !== undefined && upstream === undefined) return undefined;
  return { name, hosts, ...origins, ...(upstream && { upstream }), ...edits, rules };
}

function isAnyEncrypted({ origin, origins = [] }: Pick<Site, 'origin' | 'origins'>): boolean {
  return [origin, ...origins.map(({ url }) => url)].some((url) => url?.startsWith('https:'));
}

/** `hosts` is given where the site has no name of its own and takes its first host's. */
function decodeName(
  decoder: Decoder,
  place: Place,
  hosts: readonly string[] | undefined,
  namesSeen: Map<string, string>,
): string | undefined {
  const isOwn = place.path.endsWith('.name');
  if (!isOwn && hosts === undefined) return undefined;
  const name = isOwn ? decoder.text(place, 'the name of a site') : hosts![0] === '*' ? 'default' : hosts![0]!;
  if (name === undefined) return undefined;
  if (!isSiteName(name)) {
    return decoder.report(
      place,
      'the name of a site is written like a host name: lower-case letters, digits, dots, dashes',
    );
  }
  const before = namesSeen.get(name);
  if (before !== undefined) {
    return decoder.report(place, `the name "${name}" is taken by ${before}; give one of the two a "name" of its own`);
  }
  namesSeen.set(name, place.path.replace(/\.name$/, ''));
  return name;
}

function decodeHosts(decoder: Decoder, place: Place, seen: Map<string, string>): string[] | undefined {
  const items = decoder.list(place, 'hosts', limits.hostsPerSiteMax);
  if (items === undefined) return undefined;
  if (items.length === 0) return decoder.report(place, 'a site needs at least one host; "*" catches every other one');
  const hosts: string[] = [];
  for (const item of items) {
    const text = decoder.text(item, 'a host');
    if (text === undefined) continue;
    const host = parseHost(text);
    if (!host.ok) decoder.report(item, host.error);
    else if (seen.has(host.value))
      decoder.report(item, `the host "${host.value}" stands in ${seen.get(host.value)} already`);
    else {
      seen.set(host.value, item.path);
      hosts.push(host.value);
    }
  }
  return hosts.length === items.length ? hosts : undefined;
}

function decodeRules(decoder: Decoder, place: Place, reader: RuleReader): Rule[] | undefined {
  const items = decoder.list(place, 'rules', limits.rulesPerSiteMax);
  if (items === undefined) return undefined;
  const read = items.map((item) => decodeRule(decoder, item, reader));
  reportDuplicateNames(decoder, read);
  const placed = read.flatMap((rule) => rule.placed ?? []);
  const blockers = new Map(findAbsentBlockers(placed).map((blocker) => [blocker.block, blocker]));
  for (const { rule, whenPlace } of placed) {
    const blocker = blockers.get(rule);
    if (blocker !== undefined) decoder.report(whenPlace, absenceMessage(blocker));
  }
  const searchCost = searchCostProblem(placed.map(({ tree }) => tree));
  if (searchCost !== undefined) decoder.report(place, searchCost);
  return placed.length === read.length ? placed.map(({ rule }) => rule) : undefined;
}

function reportDuplicateNames(decoder: Decoder, rules: readonly ReadRule[]): void {
  const seen = new Map<string, string>();
  for (const { name, namePlace } of rules) {
    if (name === undefined) continue;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, namePlace.path.replace(/\.name$/, ''));
    else decoder.report(namePlace, `the name "${name}" is taken by ${before}; a switch must mean one rule`);
  }
}
