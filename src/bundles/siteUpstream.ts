import type { RefusalReason } from '../contract/finding.ts';
import type {
  HealthCheck,
  OutlierSettings,
  Site,
  SiteOrigin,
  UpstreamSettings,
  UpstreamTls,
} from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import {
  healthRanges,
  type NumberRange,
  outlierRanges,
  retriesRanges,
  upstreamRanges,
  weightRange,
} from '../contract/siteRanges.ts';
import { type FindingList, quoteSome } from './findingList.ts';
import { hostCharsMax, isHost } from './names.ts';
import { isReachableHost, readOrigin } from './origin.ts';
import { certificateFault } from './pem.ts';
import { isString, objectOf, refuse, repeatedNames } from './shape.ts';

/** `origin` or `origins` of a site, exactly one of them, as they stand; undefined: refused. */
export function decodeOrigins(
  site: { readonly origin?: unknown; readonly origins?: unknown },
  where: string,
  findings: FindingList,
): Pick<Site, 'origin' | 'origins'> | undefined {
  if ((site.origin === undefined) === (site.origins === undefined)) {
    return refuse(findings, `${where} must have either "origin" or "origins".`);
  }
  if (site.origins === undefined) {
    const origin = decodeUrl(site.origin, `${where}: the origin`, findings);
    return origin === undefined ? undefined : { origin };
  }
  if (!Array.isArray(site.origins)) return refuse(findings, `${where}: the origins must be a list.`);
  const limit = limits.originsPerSiteMax;
  const { length } = site.origins;
  if (length === 0 || length > limit) {
    const message = `${where} has ${length} origins; 1 to ${limit} are allowed.`;
    findings.add({ reason: 'origin-invalid', message, value: length, limit });
    return undefined;
  }
  const origins = site.origins.map((one, index) => decodeOne(one, `${where}, origin ${index}`, findings));
  if (!origins.every((one) => one !== undefined)) return undefined;
  const names = repeatedNames(origins.map(({ url }) => url));
  if (names.length === 0) return { origins };
  const message = `${where}: origins that stand twice: ${quoteSome(names)}. A weight says how much one of them gets.`;
  findings.add({ reason: 'origin-invalid', message, names });
  return undefined;
}

function decodeOne(value: unknown, where: string, findings: FindingList): SiteOrigin | undefined {
  const one = objectOf(value, ['url'], ['weight'], where, findings);
  if (one === undefined) return undefined;
  const url = decodeUrl(one.url, `${where}: the url`, findings);
  if (one.weight === undefined) return url === undefined ? undefined : { url };
  const { weight } = one;
  if (!isWholeWithin(weight, weightRange)) {
    const message = `${where}: the weight must be a whole number from ${weightRange.min} to ${weightRange.max}.`;
    findings.add({ reason: 'origin-invalid', message });
    return undefined;
  }
  return url === undefined ? undefined : { url, weight };
}

function decodeUrl(value: unknown, what: string, findings: FindingList): string | undefined {
  if (isString(value, 1, 300) && readOrigin(value) !== undefined) return value;
  const message = `${what} must read http://host:port or https://host:port, a name or a valid address, with nothing behind it.`;
  findings.add({ reason: 'origin-invalid', message });
  return undefined;
}

/** The `upstream` of a site; undefined: refused. */
export function decodeUpstream(value: unknown, where: string, findings: FindingList): UpstreamSettings | undefined {
  const known = [...keysOf(upstreamRanges), 'tls', 'health', 'outlier', 'retries'] as const;
  const upstream = objectOf(value, [], known, where, findings);
  if (upstream === undefined) return undefined;
  const numbers = decodeNumbers(upstream, upstreamRanges, where, findings);
  const tls = upstream.tls === undefined ? {} : decodeTls(upstream.tls, `${where}.tls`, findings);
  const health = upstream.health === undefined ? {} : decodeHealth(upstream.health, `${where}.health`, findings);
  const outlier = upstream.outlier === undefined ? {} : decodeOutlier(upstream.outlier, `${where}.outlier`, findings);
  const retries = upstream.retries === undefined ? {} : decodeRetries(upstream.retries, `${where}.retries`, findings);
  if (!numbers || !tls || !health || !outlier || !retries) return undefined;
  return { ...numbers, ...tls, ...health, ...outlier, ...retries };
}

function decodeTls(value: unknown, where: string, findings: FindingList): { tls: UpstreamTls } | undefined {
  const keys = ['verify', 'serverName', 'ca', 'certificate', 'keyPath'] as const;
  const tls = objectOf(value, [], keys, where, findings);
  if (tls === undefined) return undefined;
  const { verify, serverName, ca, certificate, keyPath } = tls;
  const faults = [
    verify !== undefined && typeof verify !== 'boolean' && 'verify must be true or false',
    serverName !== undefined && !isServerName(serverName) && 'serverName must be a host name',
    pemFault('ca', ca),
    pemFault('certificate', certificate),
    keyPath !== undefined && !isAbsolutePath(keyPath) && 'keyPath must be an absolute path on the edge',
    (certificate === undefined) !== (keyPath === undefined) && 'certificate and keyPath stand together or not at all',
  ].filter((fault) => typeof fault === 'string');
  for (const fault of faults) findings.add({ reason: 'upstream-tls-invalid', message: `${where}: ${fault}.` });
  return faults.length > 0 ? undefined : { tls: tls as UpstreamTls };
}

function pemFault(key: string, value: unknown): string | false {
  if (value === undefined) return false;
  if (typeof value !== 'string') return `${key} must be text`;
  const fault = certificateFault(value);
  return fault !== undefined && `${key} ${fault}`;
}

/** A name and no address: certificates are asked for by name (RFC 6066 section 3). */
export function isServerName(value: unknown): value is string {
  return isString(value, 1, hostCharsMax) && isHost(value) && isReachableHost(value) && !/^\[|^[\d.]+$/.test(value);
}

export function isAbsolutePath(value: unknown): value is string {
  return isString(value, 2, limits.keyPathCharsMax) && /^\/[^\u0000-\u001f\u007f]+$/.test(value);
}

function decodeHealth(value: unknown, where: string, findings: FindingList): { health: HealthCheck } | undefined {
  const health = objectOf(value, ['path'], ['host', ...keysOf(healthRanges)], where, findings);
  if (health === undefined) return undefined;
  const { path, host } = health;
  const numbers = decodeNumbers(health, healthRanges, where, findings);
  const faults = [
    !isProbePath(path) && 'the path must begin with / and hold what a request target may hold',
    host !== undefined && !(typeof host === 'string' && isHost(host)) && 'the host must be a host name without port',
  ].filter((fault) => fault !== false);
  for (const fault of faults) findings.add({ reason: 'upstream-invalid', message: `${where}: ${fault}.` });
  if (faults.length > 0) return undefined;
  const said = host === undefined ? { path } : { path, host };
  return numbers && { health: { ...(said as HealthCheck), ...numbers } };
}

/** A request target in origin form (RFC 9112 section 3.2.1). */
export function isProbePath(value: unknown): value is string {
  return isString(value, 1, limits.healthPathCharsMax) && /^\/[!-"$-~]*$/.test(value);
}

function decodeOutlier(value: unknown, where: string, findings: FindingList): { outlier: OutlierSettings } | undefined {
  const outlier = objectOf(value, [], ['enabled', ...keysOf(outlierRanges)], where, findings);
  if (outlier === undefined) return undefined;
  const { enabled } = outlier;
  const numbers = decodeNumbers(outlier, outlierRanges, where, findings);
  if (enabled === undefined) return numbers && { outlier: numbers };
  if (typeof enabled === 'boolean') return numbers && { outlier: { enabled, ...numbers } };
  findings.add({ reason: 'upstream-invalid', message: `${where}: enabled must be true or false.` });
  return undefined;
}

function decodeRetries(value: unknown, where: string, findings: FindingList) {
  const retries = objectOf(value, [], keysOf(retriesRanges), where, findings);
  const numbers = retries && decodeNumbers(retries, retriesRanges, where, findings);
  return numbers && { retries: numbers };
}

/** Those of the numbers that are there; undefined: one is out of its range. */
export function decodeNumbers<K extends string>(
  value: Readonly<Partial<Record<NoInfer<K>, unknown>>>,
  ranges: Readonly<Record<K, NumberRange>>,
  where: string,
  findings: FindingList,
  reason: RefusalReason = 'upstream-invalid',
): Partial<Record<K, number>> | undefined {
  const numbers: Partial<Record<K, number>> = {};
  let isGood = true;
  for (const key of keysOf(ranges)) {
    const number = value[key];
    if (number === undefined) continue;
    if (isWholeWithin(number, ranges[key])) {
      numbers[key] = number;
      continue;
    }
    isGood = false;
    const { min, max } = ranges[key];
    findings.add({ reason, message: `${where}: ${key} must be a whole number from ${min} to ${max}.` });
  }
  return isGood ? numbers : undefined;
}

export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(record) as K[];
}

export function isWholeWithin(value: unknown, { min, max }: Pick<NumberRange, 'min' | 'max'>): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
