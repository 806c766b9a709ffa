import { scoreHeader } from '../../contract/trace.ts';
import { hostWithoutPort, type RequestHead } from '../../http/index.ts';
import { isHopByHop, namedByConnection } from './hopByHop.ts';

/** What the head alone does not say about a request that goes to an origin. */
export interface Forwarding {
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly hasBody: boolean;
  /** null: no score, and then no header. */
  readonly score: number | null;
  readonly expectsContinue: boolean;
  /** Protocol that is offered to the origin, as it was to the edge. */
  readonly upgrade: string | null;
}

const scoreName = scoreHeader.toLowerCase();
/** Written by the edge; what arrived under these names is gone unless a trusted proxy sent it. */
const toldByProxies = new Set(['forwarded', 'x-real-ip']);

/**
 * The headers of the request to the origin as name, value, name, value …: written anew from what was parsed, in the
 * visitor's order and case. Host is kept. Trailers are not passed on, and so `TE` and `Trailer` are not either.
 */
export function headersToOrigin(head: RequestHead, forwarding: Forwarding): string[] {
  const { rawHeaders } = head;
  const named = namedByConnection(rawHeaders);
  const out: string[] = [];
  let hasLength = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || lower === 'expect' || named?.has(lower) === true) continue;
    if (isEdgesOwn(lower, forwarding.isPeerTrusted)) continue;
    // A target in absolute form outranks Host (RFC 9112 section 3.2.2), which is written from it below.
    if (lower === 'host') continue;
    if (lower === 'content-length') hasLength = true;
    out.push(name, rawHeaders[index + 1]!);
  }
  out.push('Host', authorityOf(head));
  if (forwarding.hasBody && !hasLength) out.push('Transfer-Encoding', 'chunked');
  if (!forwarding.hasBody && !hasLength && mayHaveBody(head.method)) out.push('Content-Length', '0');
  if (forwarding.upgrade !== null) out.push('Connection', 'Upgrade', 'Upgrade', forwarding.upgrade);
  if (forwarding.expectsContinue) out.push('Expect', '100-continue');
  if (forwarding.score !== null) out.push(scoreHeader, String(forwarding.score));
  pushForwarded(out, head, forwarding);
  out.push('Via', '1.1 holdfast');
  return out;
}

/** `x_forwarded_for` reaches many applications as the same variable as `X-Forwarded-For`. */
function isEdgesOwn(lower: string, isPeerTrusted: boolean): boolean {
  const name = lower.includes('_') ? lower.replaceAll('_', '-') : lower;
  if (name === scoreName) return true;
  // Written anew below even for a trusted peer.
  if (name === 'x-forwarded-for' || name === 'x-forwarded-proto' || name === 'x-forwarded-host') return true;
  return !isPeerTrusted && (toldByProxies.has(name) || name.startsWith('x-forwarded-'));
}

function pushForwarded(out: string[], head: RequestHead, { peerAddress, isPeerTrusted }: Forwarding): void {
  const { headers } = head;
  const before = isPeerTrusted ? headers['x-forwarded-for'] : undefined;
  out.push('X-Forwarded-For', before === undefined ? peerAddress : `${before}, ${peerAddress}`);
  out.push('X-Forwarded-Proto', head.scheme);
  out.push('X-Forwarded-Host', (isPeerTrusted ? headers['x-forwarded-host'] : undefined) ?? authorityOf(head));
}

/** What was judged, never another: Host with its port as the visitor wrote it, or the absolute target's host alone. */
function authorityOf(head: RequestHead): string {
  const sent = head.headers.host;
  return sent !== undefined && hostWithoutPort(sent) === head.host ? sent : head.host;
}

function mayHaveBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
