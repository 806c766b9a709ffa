import type { RequestHead } from '../../http/requestHead.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { Judgement } from './judgement.ts';
import { accessLimits } from './limits.ts';

/** A request that is over, as the access log wants it. */
export interface AccessRecord {
  readonly head: RequestHead;
  readonly judgement: Judgement;
  /** What the visitor was answered; 499 when it left before. */
  readonly status: number;
  /** Of the origin's body, handed to the visitor; null: the edge answered itself. */
  readonly bytes: number | null;
  /** When the head was complete, since 1970. */
  readonly atMs: number;
  readonly durationMs: number;
}

/**
 * One line with its end. What the columns of the request log have, too, is named as they are. Texts from the wire are one
 * character per octet, so whatever a visitor sends is valid JSON and no line of its own.
 */
export function accessLine(identity: EdgeIdentity, record: AccessRecord): string {
  const whole = lineOf(identity, record, accessLimits.textCharsMax);
  // Octets beyond ASCII and control characters take up to six; cut them so that a line stays one write.
  const isLong = whole.length * 2 > accessLimits.pipeWriteBytesMax;
  if (!isLong || Buffer.byteLength(whole) <= accessLimits.pipeWriteBytesMax) return whole;
  return lineOf(identity, record, accessLimits.textCharsMax / 16);
}

function lineOf({ edge, worker }: EdgeIdentity, record: AccessRecord, charsMax: number): string {
  const { head, judgement, status, bytes, atMs, durationMs } = record;
  const { site, verdict, outcome, set, shadowScore } = judgement;
  const scored = verdict.kind === 'scored' ? verdict : undefined;
  const { headers } = head;
  const text = (value: string | undefined) => value?.slice(0, charsMax) ?? null;
  return `${JSON.stringify({
    at: new Date(atMs).toISOString(),
    edge,
    worker,
    client_address: head.clientAddress,
    site: site?.name ?? '',
    scheme: head.scheme,
    host: text(head.host),
    protocol: `HTTP/${head.version}`,
    method: text(head.method),
    path: text(head.path),
    query: text(head.query),
    status,
    bytes,
    duration_ms: Math.round(durationMs * 1_000) / 1_000,
    score: scored?.score ?? null,
    score_absent_reason: verdict.kind === 'absent' ? verdict.reason : null,
    source: scored?.source ?? null,
    ...(set.shadow === undefined ? {} : { shadow_score: shadowScore }),
    action: outcome.action,
    rule: outcome.rule,
    user_agent: text(headers['user-agent']),
    referrer: text(headers.referer),
    trace_id: traceIdOf(headers.traceparent),
    request_id: text(headers['x-request-id']),
  })}\n`;
}

/** W3C Trace Context, section 3.2: `version-traceid-parentid-flags`. */
function traceIdOf(traceparent: string | undefined): string | null {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;
}
