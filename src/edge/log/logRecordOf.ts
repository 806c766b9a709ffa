import type { LogRecord } from '../../contract/logBatch.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { Judgement } from '../judgement.ts';

/** The log's view of a request that is over. */
export function logRecordOf(
  head: RequestHead,
  judgement: Judgement,
  status: number,
  atMs: number,
  durationMs: number,
): LogRecord {
  const { site, verdict, outcome } = judgement;
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
    durationMs,
  };
}

const none: readonly string[] = Object.freeze([]);
