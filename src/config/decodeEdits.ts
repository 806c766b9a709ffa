import { errorStatuses, headerNameFault, headerValueFault, RedirectTable, redirectFault } from '../bundles/index.ts';
import {
  type ErrorPage,
  type HeaderEdits,
  type HeaderLine,
  type Redirect,
  redirectStatuses,
  type Site,
} from '../contract/kinds/sitesFile.ts';
import { limits } from '../contract/limits.ts';
import { limitRanges } from '../contract/siteRanges.ts';
import type { Decoder, Place } from './decoder.ts';
import { decodeNumbers, optionalKeys } from './decodeUpstream.ts';

type EditKey = 'limits' | 'requestHeaders' | 'responseHeaders' | 'redirects' | 'errorPages';

/** What a site does to messages itself; only what is said is there. undefined where a problem leaves nothing to return. */
export function decodeEdits(
  decoder: Decoder,
  site: Readonly<Partial<Record<EditKey, Place>>>,
): Pick<Site, EditKey> | undefined {
  const decoders = {
    limits: (place: Place) => decodeLimits(decoder, place),
    requestHeaders: (place: Place) => decodeHeaderEdits(decoder, place),
    responseHeaders: (place: Place) => decodeHeaderEdits(decoder, place),
    redirects: (place: Place) => decodeRedirects(decoder, place),
    errorPages: (place: Place) => decodeErrorPages(decoder, place),
  } as const;
  const said = (Object.keys(decoders) as EditKey[]).filter((key) => site[key] !== undefined);
  const decoded = said.map((key) => [key, decoders[key](site[key]!)] as const);
  return decoded.every(([, value]) => value !== undefined) ? Object.fromEntries(decoded) : undefined;
}

function decodeLimits(decoder: Decoder, place: Place) {
  const said = decoder.mapping(place, optionalKeys(limitRanges), 'limits');
  return said && decodeNumbers(decoder, said, limitRanges);
}

function decodeHeaderEdits(decoder: Decoder, place: Place): HeaderEdits | undefined {
  const edits = decoder.mapping(place, { set: 'optional', add: 'optional', remove: 'optional' }, 'this');
  if (edits === undefined) return undefined;
  const seen = new Map<string, string>();
  const set = edits.set && decodeLines(decoder, edits.set, 'set', seen);
  const add = edits.add && decodeLines(decoder, edits.add, 'add', seen);
  const remove = edits.remove && decodeNames(decoder, edits.remove, seen);
  if (seen.size > limits.headerEditsMax) {
    return decoder.report(place, `there are ${seen.size} edits; at most ${limits.headerEditsMax} are taken`);
  }
  const isWhole = (edits.set && !set) || (edits.add && !add) || (edits.remove && !remove);
  return isWhole ? undefined : { ...(set && { set }), ...(add && { add }), ...(remove && { remove }) };
}

function decodeLines(
  decoder: Decoder,
  place: Place,
  what: string,
  seen: Map<string, string>,
): HeaderLine[] | undefined {
  const entries = decoder.entries(place, what, limits.headerEditsMax);
  const lines = entries?.map(({ name, value: valuePlace }) => {
    const isGoodName = checkName(decoder, valuePlace, name, seen);
    const value = decoder.text(valuePlace, 'the value of a header');
    const fault = value === undefined ? undefined : headerValueFault(value);
    if (fault !== undefined) return decoder.report(valuePlace, fault);
    return isGoodName && value !== undefined ? { name, value } : undefined;
  });
  return lines?.every((line) => line !== undefined) ? lines : undefined;
}

function decodeNames(decoder: Decoder, place: Place, seen: Map<string, string>): string[] | undefined {
  const items = decoder.list(place, 'remove', limits.headerEditsMax);
  const names = items?.map((item) => {
    const name = decoder.text(item, 'the name of a header');
    return name !== undefined && checkName(decoder, item, name, seen) ? name : undefined;
  });
  return names?.every((name) => name !== undefined) ? names : undefined;
}

function checkName(decoder: Decoder, place: Place, name: string, seen: Map<string, string>): boolean {
  const fault = headerNameFault(name);
  const lower = name.toLowerCase();
  const before = seen.get(lower);
  if (fault !== undefined) decoder.report(place, fault);
  else if (before !== undefined) decoder.report(place, `${name} is edited by ${before} already`);
  seen.set(lower, before ?? place.path);
  return fault === undefined && before === undefined;
}

function decodeRedirects(decoder: Decoder, place: Place): Redirect[] | undefined {
  const items = decoder.list(place, 'redirects', limits.redirectsPerSiteMax);
  if (items === undefined) return undefined;
  const seen = new Map<string, string>();
  const redirects = items.map((item) => decodeRedirect(decoder, item, seen));
  if (!redirects.every((redirect) => redirect !== undefined)) return undefined;
  const loop = RedirectTable.loop(redirects.map(({ from, to }) => ({ from, to, status: 302 })));
  if (loop === undefined) return redirects;
  const index = redirects.findIndex(({ from }) => from === loop);
  const { redirectHopsMax } = limits;
  return decoder.report(items[index]!, `what this leads to is redirected again, more than ${redirectHopsMax} times`);
}

function decodeRedirect(decoder: Decoder, place: Place, seen: Map<string, string>): Redirect | undefined {
  const redirect = decoder.mapping(place, { from: 'required', to: 'required', status: 'optional' }, 'a redirect');
  if (redirect === undefined) return undefined;
  const from = redirect.from && decoder.text(redirect.from, '"from"');
  const said = redirect.to && decoder.text(redirect.to, '"to"');
  const status = redirect.status && decodeStatus(decoder, redirect.status);
  if (from === undefined || said === undefined || (redirect.status && !status)) return undefined;
  // `https://shop.example` means its `/`.
  const to = /^https?:\/\/[^/?]+$/i.test(said) ? `${said}/` : said;
  const isUnlike = /^https?:/i.test(to) && !/^https?:\/\/[^A-Z/]*\//.test(to);
  if (isUnlike) return decoder.report(redirect.to!, 'write scheme and host in lower case and / behind them');
  const fault = redirectFault(from, to);
  if (fault !== undefined) return decoder.report(place, fault);
  const before = seen.get(from);
  if (before !== undefined) return decoder.report(redirect.from!, `${from} is redirected by ${before} already`);
  seen.set(from, place.path);
  return status === undefined ? { from, to } : { from, to, status };
}

function decodeStatus(decoder: Decoder, place: Place) {
  const value = decoder.scalar(place)?.value;
  const status = redirectStatuses.find((known) => known === value);
  return status ?? decoder.report(place, `the status of a redirect is one of ${redirectStatuses.join(', ')}`);
}

function decodeErrorPages(decoder: Decoder, place: Place): ErrorPage[] | undefined {
  const entries = decoder.entries(place, 'errorPages', limits.errorPagesPerSiteMax);
  const pages = entries?.map(({ name, value }) => {
    const body = decoder.text(value, 'an error page');
    const { min, max } = errorStatuses;
    const isStatus = /^\d{3}$/.test(name) && Number(name) >= min && Number(name) <= max;
    if (!isStatus) return decoder.report(value, `error pages stand under their status, ${min} to ${max}`);
    if (body === undefined) return undefined;
    const charsMax = limits.errorPageCharsMax;
    if (body.length >= 1 && body.length <= charsMax) return { status: Number(name), body };
    return decoder.report(value, `the page has ${body.length} characters; 1 to ${charsMax} are taken`);
  });
  return pages?.every((page) => page !== undefined) ? pages : undefined;
}
