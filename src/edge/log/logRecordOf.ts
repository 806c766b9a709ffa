import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { LogRecord } from '../../contract/logBatch.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { Judgement } from './judgement.ts';

/** The log's view of a request that is over. */
export function logRecordOf(
  head: RequestHead,
  judgement: Judgement,
  status: number,
  atMs: number,
  durationMs: number,
): LogRecord {
  const { site, verdict, outcome, address, columns } = judgement;
  const scored = verdict.kind === 'scored' ? verdict : undefined;
  return {
    atMs,
    site: site?.name ?? '',
    method: head.method,
    host: head.host,
    target: head.target,
    status,
    score: scored?.score ?? null,
    absentReason: verdict.kind === 'absent' ? verdict.reason : null,
    shadowScore: judgement.shadowScore,
    source: scored?.source ?? null,
    heuristics: scored?.heuristics ?? none,
    vector: scored?.vector ?? null,
    action: outcome.action,
    rule: outcome.rule,
    logged: outcome.logged,
    dry: outcome.dry,
    unknowns: outcome.unknowns,
    clientAddress: head.clientAddress,
    userAgent: head.headers['user-agent'] ?? '',
    ja4: head.handshake?.ja4 ?? '',
    http2: head.handshake?.http2 ?? '',
    headerOrder: scored?.headerOrder ?? 0,
    country: address.country ?? '',
    asn: address.asn ?? 0,
    operator: operatorOf(verdict),
    durationMs,
    ...(columns !== undefined && { columns }),
  };
}

/** Who is merely claimed to be it stands in the user agent. */
function operatorOf({ identity }: BotVerdict): string {
  return identity?.verified === true ? (identity.operator ?? '') : '';
}

const none: readonly string[] = Object.freeze([]);
