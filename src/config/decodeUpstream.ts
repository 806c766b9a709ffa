import { certificateFault, isAbsolutePath, isHost, isProbePath, isServerName } from '../bundles/index.ts';
import type { HostPort } from '../contract/edgeOptions.ts';
import type { Site, SiteOrigin, UpstreamSettings, UpstreamTls } from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import {
  healthRanges,
  type NumberRange,
  outlierRanges,
  retriesRanges,
  upstreamRanges,
  weightRange,
} from '../contract/siteRanges.ts';
import { isServedBy, parseOrigin } from './addresses.ts';
import type { Decoder, Place } from './decoder.ts';

/** The keys of a site that say where its requests go. */
export interface OriginPlaces {
  readonly origin?: Place;
  readonly origins?: Place;
}

/** `origin` or `origins`, exactly one of them. `place` is the site's. */
export function decodeOrigins(
  decoder: Decoder,
  place: Place,
  { origin, origins }: OriginPlaces,
  listen: HostPort | undefined,
): Pick<Site, 'origin' | 'origins'> | undefined {
  if (origin !== undefined && origins !== undefined) {
    return decoder.report(origins, 'a site has either "origin" or "origins", not both');
  }
  if (origins !== undefined) return decodeList(decoder, origins, listen);
  if (origin === undefined) {
    // A key without a value was told when the keys were read.
    const isSaid = decoder.hasKey(place, 'origin') || decoder.hasKey(place, 'origins');
    return isSaid ? undefined : decoder.report(place, 'a site has no "origin" (or "origins", a list)');
  }
  const url = decodeUrl(decoder, origin, listen);
  return url === undefined ? undefined : { origin: url };
}

function decodeList(decoder: Decoder, place: Place, listen: HostPort | undefined) {
  const items = decoder.list(place, 'origins', limits.originsPerSiteMax);
  if (items === undefined) return undefined;
  if (items.length === 0) return decoder.report(place, 'there are no origins; name at least one');
  const seen = new Map<string, string>();
  const origins = items.map((item) => decodeOne(decoder, item, listen, seen));
  return origins.every((one) => one !== undefined) ? { origins } : undefined;
}

function decodeOne(
  decoder: Decoder,
  place: Place,
  listen: HostPort | undefined,
  seen: Map<string, string>,
): SiteOrigin | undefined {
  const one = decoder.mapping(place, { url: 'required', weight: 'optional' }, 'one of several origins');
  if (one === undefined) return undefined;
  const url = one.url && decodeUrl(decoder, one.url, listen);
  const weight = one.weight && decodeNumber(decoder, one.weight, 'the weight', weightRange);
  if (url === undefined || (one.weight !== undefined && weight === undefined)) return undefined;
  const before = seen.get(url);
  if (before !== undefined) {
    return decoder.report(one.url!, `${url} is ${before} already; a weight says how much of the requests it gets`);
  }
  seen.set(url, place.path);
  return weight === undefined ? { url } : { url, weight };
}

function decodeUrl(decoder: Decoder, place: Place, listen: HostPort | undefined): string | undefined {
  const text = decoder.text(place, 'the origin');
  if (text === undefined) return undefined;
  const origin = parseOrigin(text);
  if (!origin.ok) return decoder.report(place, origin.error);
  if (listen !== undefined && isServedBy(origin.value, listen)) {
    return decoder.report(place, 'this is where the edge itself listens; every request would come back to it');
  }
  return origin.value;
}

/** `upstream` of a site; undefined where a problem leaves nothing to return. */
export function decodeUpstream(decoder: Decoder, place: Place): UpstreamSettings | undefined {
  const parts = { tls: 'optional', health: 'optional', outlier: 'optional', retries: 'optional' } as const;
  const upstream = decoder.mapping(place, { ...optionalKeys(upstreamRanges), ...parts }, 'upstream');
  if (upstream === undefined) return undefined;
  const numbers = decodeNumbers(decoder, upstream, upstreamRanges);
  const tls = upstream.tls && decodeTls(decoder, upstream.tls);
  const health = upstream.health && decodeHealth(decoder, upstream.health);
  const outlier = upstream.outlier && decodeOutlier(decoder, upstream.outlier);
  const retries = upstream.retries && decodeRetries(decoder, upstream.retries);
  if (numbers === undefined) return undefined;
  const read = { tls, health, outlier, retries };
  for (const key of Object.keys(read) as (keyof typeof read)[]) {
    if (upstream[key] !== undefined && read[key] === undefined) return undefined;
  }
  return {
    ...numbers,
    ...(tls && { tls }),
    ...(health && { health }),
    ...(outlier && { outlier }),
    ...(retries && { retries }),
  };
}

function decodeTls(decoder: Decoder, place: Place): UpstreamTls | undefined {
  const keys = {
    verify: 'optional',
    serverName: 'optional',
    ca: 'optional',
    certificate: 'optional',
    keyPath: 'optional',
  } as const;
  const tls = decoder.mapping(place, keys, 'tls');
  if (tls === undefined) return undefined;
  const verify = tls.verify && decoder.trueOrFalse(tls.verify, 'verify');
  const serverName = tls.serverName && decodeServerName(decoder, tls.serverName);
  const ca = tls.ca && decodeCertificates(decoder, tls.ca, 'ca');
  const certificate = tls.certificate && decodeCertificates(decoder, tls.certificate, 'the certificate');
  const keyPath = tls.keyPath && decodeKeyPath(decoder, tls.keyPath);
  if ((tls.certificate === undefined) !== (tls.keyPath === undefined)) {
    return decoder.report(place, 'certificate and keyPath stand together or not at all');
  }
  const read: Record<string, unknown> = { verify, serverName, ca, certificate, keyPath };
  const said = Object.keys(tls) as (keyof typeof tls)[];
  if (said.some((key) => read[key] === undefined)) return undefined;
  return Object.fromEntries(said.map((key) => [key, read[key]])) as UpstreamTls;
}

function decodeServerName(decoder: Decoder, place: Place): string | undefined {
  const name = decoder.text(place, 'serverName')?.toLowerCase();
  if (name === undefined || isServerName(name)) return name;
  return decoder.report(place, 'serverName is a host name as it stands in the certificate, without scheme and port');
}

function decodeCertificates(decoder: Decoder, place: Place, what: string): string | undefined {
  const text = decoder.text(place, what);
  const fault = text === undefined ? undefined : certificateFault(text);
  return fault === undefined ? text : decoder.report(place, `${what} ${fault}`);
}

function decodeKeyPath(decoder: Decoder, place: Place): string | undefined {
  const path = decoder.text(place, 'keyPath');
  const isKey = path?.includes('PRIVATE KEY') === true;
  if (path === undefined || isAbsolutePath(path)) return path;
  return decoder.report(
    place,
    isKey
      ? 'a private key must not stand here; keyPath names its file on the edge'
      : 'keyPath is the absolute path of a file on the edge',
  );
}

function decodeHealth(decoder: Decoder, place: Place) {
  const health = decoder.mapping(
    place,
    { path: 'required', host: 'optional', ...optionalKeys(healthRanges) },
    'health',
  );
  if (health === undefined) return undefined;
  const numbers = decodeNumbers(decoder, health, healthRanges);
  const path = health.path && decoder.text(health.path, 'the path');
  const host = health.host && decodeProbeHost(decoder, health.host);
  if (path === undefined || numbers === undefined || (health.host && !host)) return undefined;
  if (isProbePath(path)) return { path, ...(host && { host }), ...numbers };
  return decoder.report(health.path!, 'the path begins with / and holds no blanks, # or characters beyond ASCII');
}

function decodeProbeHost(decoder: Decoder, place: Place): string | undefined {
  const host = decoder.text(place, 'the host')?.toLowerCase();
  return host === undefined || isHost(host)
    ? host
    : decoder.report(place, 'this is a host name without scheme and port');
}

function decodeOutlier(decoder: Decoder, place: Place) {
  const outlier = decoder.mapping(place, { enabled: 'optional', ...optionalKeys(outlierRanges) }, 'outlier');
  if (outlier === undefined) return undefined;
  const numbers = decodeNumbers(decoder, outlier, outlierRanges);
  if (outlier.enabled === undefined) return numbers;
  const enabled = decoder.trueOrFalse(outlier.enabled, 'enabled');
  return enabled === undefined ? undefined : numbers && { enabled, ...numbers };
}

function decodeRetries(decoder: Decoder, place: Place) {
  const retries = decoder.mapping(place, optionalKeys(retriesRanges), 'retries');
  return retries && decodeNumbers(decoder, retries, retriesRanges);
}

/** Those of the numbers that are said; undefined: one of them is a problem. */
export function decodeNumbers<K extends string>(
  decoder: Decoder,
  places: Readonly<Partial<Record<NoInfer<K>, Place>>>,
  ranges: Readonly<Record<K, NumberRange>>,
): Partial<Record<K, number>> | undefined {
  const numbers: Partial<Record<K, number>> = {};
  let isGood = true;
  for (const key of Object.keys(ranges) as K[]) {
    const place = places[key];
    if (place === undefined) continue;
    const number = decodeNumber(decoder, place, key, ranges[key]);
    if (number === undefined) isGood = false;
    else numbers[key] = number;
  }
  return isGood ? numbers : undefined;
}

function decodeNumber(decoder: Decoder, place: Place, what: string, { min, max }: NumberRange): number | undefined {
  return decoder.wholeNumber(place, what, min, max);
}

export function optionalKeys<K extends string>(ranges: Readonly<Record<K, NumberRange>>): Record<K, 'optional'> {
  return Object.fromEntries(Object.keys(ranges).map((key) => [key, 'optional'])) as Record<K, 'optional'>;
}
