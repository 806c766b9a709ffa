import { hostWithoutPort } from '../../http/index.ts';
import { edgeLimits } from '../limits.ts';
import type { Rejection } from '../reasons.ts';

/** What the checks saw on their way through the headers. */
export interface CheckedRequest {
  readonly hasBody: boolean;
}

const hostPattern = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255})?(?::\d{0,5})?$/;
const absoluteForm = /^https?:\/\/([^/?#@]*)(?:[/?]|$)/i;

/**
 * What the edge asks of a request beyond a correct parse: one host, one framing, lengths within reason, a target that it
 * can route. Pure; `rawHeaders` is name, value, name, value …
 */
export function checkRequest(
  method: string,
  target: string,
  version: string,
  rawHeaders: readonly string[],
): Rejection | CheckedRequest {
  if (rawHeaders.length > edgeLimits.headersMax * 2) return 'headers-too-many';
  let host: string | undefined;
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let passes = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    // Lengths first: they rule out nearly every header without making a string.
    switch (name.length) {
      case 3:
        if (name.toLowerCase() === 'via') passes += countPasses(rawHeaders[index + 1]!);
        break;
      case 4:
        if (name.toLowerCase() !== 'host') break;
        if (host !== undefined) return 'host-repeated';
        host = rawHeaders[index + 1]!;
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (contentLength !== undefined) return 'content-length-invalid';
        contentLength = rawHeaders[index + 1]!;
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        transferEncoding = transferEncoding === undefined ? rawHeaders[index + 1]! : 'repeated';
        break;
    }
  }
  if (host === undefined && version === '1.1') return 'host-missing';
  if (host !== undefined && !hostPattern.test(host)) return 'host-invalid';
  const targetFault = checkTarget(method, target, host);
  if (targetFault !== undefined) return targetFault;
  if (passes >= edgeLimits.viaMax) return 'request-loop';
  return checkFraming(version, contentLength, transferEncoding);
}

/**
 * A target in absolute form outranks Host (RFC 9112 section 3.2.2). Where the two name different hosts, one side or the
 * other would act on a host that was not judged, so that is refused; clients must send them alike (RFC 9110 section 7.2).
 */
function checkTarget(method: string, target: string, host: string | undefined): Rejection | undefined {
  if (target.startsWith('/')) return undefined;
  if (target === '*') return method === 'OPTIONS' ? undefined : 'target-invalid';
  const authority = absoluteForm.exec(target)?.[1];
  if (authority === undefined || authority === '') return 'target-invalid';
  const named = hostWithoutPort(authority);
  if (named === '' || !hostPattern.test(authority)) return 'host-invalid';
  return host === undefined || hostWithoutPort(host) === named ? undefined : 'host-ambiguous';
}

function checkFraming(
  version: string,
  contentLength: string | undefined,
  transferEncoding: string | undefined,
): Rejection | CheckedRequest {
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return 'framing-ambiguous';
    // RFC 9112 section 6.1: a 1.0 message with Transfer-Encoding has faulty framing.
    if (version !== '1.1') return 'framing-ambiguous';
    return transferEncoding.toLowerCase() === 'chunked' ? { hasBody: true } : 'transfer-coding-unsupported';
  }
  if (contentLength === undefined) return { hasBody: false };
  if (!/^\d{1,16}$/.test(contentLength)) return 'content-length-invalid';
  const bytes = Number(contentLength);
  if (bytes > edgeLimits.bodyBytesMax) return 'body-too-large';
  return { hasBody: bytes > 0 };
}

function countPasses(via: string): number {
  return via.split(',').filter((hop) => /\bholdfast\b/i.test(hop)).length;
}
