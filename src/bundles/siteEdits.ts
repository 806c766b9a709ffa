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
import { type FindingList, quote, quoteSome } from './findingList.ts';
import { RedirectTable, redirectFault } from './redirectTable.ts';
import { exactObject, isString, objectOf, refuse, repeatedNames } from './shape.ts';
import { decodeNumbers, isWholeWithin, keysOf } from './siteUpstream.ts';

export const editKeys = ['limits', 'requestHeaders', 'responseHeaders', 'redirects', 'errorPages'] as const;
type Edits = Pick<Site, (typeof editKeys)[number]>;

/** What a site does to messages itself. Only what is said is there; undefined: something was refused. */
export function decodeSiteEdits(
  site: Readonly<Partial<Record<(typeof editKeys)[number], unknown>>>,
  where: string,
  findings: FindingList,
): Edits | undefined {
  const decoders = {
    limits: decodeLimits,
    requestHeaders: decodeHeaderEdits,
    responseHeaders: decodeHeaderEdits,
    redirects: decodeRedirects,
    errorPages: decodeErrorPages,
  } as const;
  const said = editKeys.filter((key) => site[key] !== undefined);
  const decoded = said.map((key) => [key, decoders[key](site[key], `${where}, ${key}`, findings)] as const);
  return decoded.every(([, value]) => value !== undefined) ? (Object.fromEntries(decoded) as Edits) : undefined;
}

function decodeLimits(value: unknown, where: string, findings: FindingList) {
  const said = objectOf(value, [], keysOf(limitRanges), where, findings);
  return said && decodeNumbers(said, limitRanges, where, findings, 'limit-invalid');
}

/** Fields that frame a message, name its site, concern one connection or are the edge's own word. */
const notEditable = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'via',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
]);

/** Why a field of this name cannot be edited; undefined: it can. */
export function headerNameFault(name: string): string | undefined {
  if (name.length > limits.headerNameCharsMax)
    return `a header name has at most ${limits.headerNameCharsMax} characters`;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return 'this is no header name';
  // Many applications read `content_length` as the same variable as `Content-Length`.
  const plain = name.toLowerCase().replaceAll('_', '-');
  if (plain.startsWith('holdfast-')) return `${name} is the edge's own word`;
  return notEditable.has(plain) ? `${name} belongs to the connection or the message and cannot be edited` : undefined;
}

/** Visible ASCII, blanks only inside (RFC 9110 section 5.5); what lies beyond is read differently everywhere. */
export function headerValueFault(value: string): string | undefined {
  const { headerValueCharsMax } = limits;
  if (value.length > headerValueCharsMax) return `a header value has at most ${headerValueCharsMax} characters`;
  const isGood = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/.test(value);
  return isGood ? undefined : 'a header value has visible ASCII characters, and blanks only inside';
}

function decodeHeaderEdits(value: unknown, where: string, findings: FindingList): HeaderEdits | undefined {
  const edits = objectOf(value, [], ['set', 'add', 'remove'], where, findings);
  if (edits === undefined) return undefined;
  const set = edits.set === undefined ? [] : decodeLines(edits.set, `${where}.set`, findings);
  const add = edits.add === undefined ? [] : decodeLines(edits.add, `${where}.add`, findings);
  const { remove = [] } = edits;
  if (!Array.isArray(remove) || !remove.every((name) => typeof name === 'string')) {
    return refuse(findings, `${where}.remove must be a list of names.`);
  }
  if (set === undefined || add === undefined) return undefined;
  const names = [...set, ...add].map(({ name }) => name).concat(remove);
  const faults = [
    ...names.map(headerNameFault),
    ...[...set, ...add].map((line) => headerValueFault(line.value)),
    names.length > limits.headerEditsMax && `${names.length} edits; at most ${limits.headerEditsMax} are allowed`,
  ].filter((fault) => typeof fault === 'string');
  const repeated = repeatedNames(names.map((name) => name.toLowerCase()));
  if (repeated.length > 0) faults.push(`names that stand twice: ${quoteSome(repeated)}`);
  for (const fault of faults) findings.add({ reason: 'header-edit-invalid', message: `${where}: ${fault}.` });
  return faults.length > 0 ? undefined : (value as HeaderEdits);
}

function decodeLines(value: unknown, where: string, findings: FindingList): readonly HeaderLine[] | undefined {
  if (!Array.isArray(value)) return refuse(findings, `${where} must be a list of {name, value}.`);
  const lines = value.map((item) => {
    const line = exactObject(item, ['name', 'value'] as const, `${where}: each`, findings);
    if (line === undefined) return undefined;
    const { name, value: text } = line;
    if (typeof name === 'string' && typeof text === 'string') return { name, value: text };
    return refuse(findings, `${where}: name and value must be text.`);
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

function decodeRedirects(value: unknown, where: string, findings: FindingList): readonly Redirect[] | undefined {
  if (!Array.isArray(value)) return refuse(findings, `${where} must be a list.`);
  const limit = limits.redirectsPerSiteMax;
  if (value.length > limit) {
    const message = `${where} has ${value.length} redirects; at most ${limit} are allowed.`;
    findings.add({ reason: 'redirect-invalid', message, value: value.length, limit });
    return undefined;
  }
  const redirects = value.map((item, index) => decodeRedirect(item, `${where}, ${index}`, findings));
  if (!redirects.every((redirect) => redirect !== undefined)) return undefined;
  const names = repeatedNames(redirects.map(({ from }) => from));
  if (names.length > 0) {
    findings.add({ reason: 'redirect-invalid', message: `${where}: "from" stands twice: ${quoteSome(names)}.`, names });
    return undefined;
  }
  const loop = RedirectTable.loop(redirects.map(({ from, to }) => ({ from, to, status: 302 })));
  if (loop === undefined) return redirects;
  const message = `${where}: what ${quote(loop)} leads to is redirected again, more than ${limits.redirectHopsMax} times.`;
  findings.add({ reason: 'redirect-invalid', message, names: [loop] });
  return undefined;
}

function decodeRedirect(value: unknown, where: string, findings: FindingList): Redirect | undefined {
  const redirect = objectOf(value, ['from', 'to'], ['status'], where, findings);
  if (redirect === undefined) return undefined;
  const { from, to } = redirect;
  if (typeof from !== 'string' || typeof to !== 'string')
    return refuse(findings, `${where}: from and to must be text.`);
  const status = redirectStatuses.find((known) => known === redirect.status);
  const fault =
    redirect.status !== undefined && status === undefined
      ? `the status must be one of ${redirectStatuses.join(', ')}`
      : redirectFault(from, to);
  if (fault === undefined) return status === undefined ? { from, to } : { from, to, status };
  findings.add({ reason: 'redirect-invalid', message: `${where}: ${fault}.` });
  return undefined;
}

function decodeErrorPages(value: unknown, where: string, findings: FindingList): readonly ErrorPage[] | undefined {
  if (!Array.isArray(value)) return refuse(findings, `${where} must be a list.`);
  const pages = value.map((item) => exactObject(item, ['status', 'body'] as const, `${where}: each`, findings));
  if (!pages.every((page) => page !== undefined)) return undefined;
  const { errorPagesPerSiteMax, errorPageCharsMax } = limits;
  const faults = [
    pages.length > errorPagesPerSiteMax && `${pages.length} pages; at most ${errorPagesPerSiteMax} are allowed`,
    !pages.every(({ status }) => isWholeWithin(status, errorStatuses)) && 'a status is a whole number from 400 to 599',
    !pages.every(({ body }) => isString(body, 1, errorPageCharsMax)) &&
      `a body is text of 1 to ${errorPageCharsMax} characters`,
    repeatedNames(pages.map(({ status }) => String(status))).length > 0 && 'a status stands twice',
  ].filter((fault) => fault !== false);
  for (const fault of faults) findings.add({ reason: 'error-page-invalid', message: `${where}: ${fault}.` });
  return faults.length > 0 ? undefined : (pages as readonly ErrorPage[]);
}

export const errorStatuses = { min: 400, max: 599 } as const;
