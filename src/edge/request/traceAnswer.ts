import { headerOrderHash, http2Facts, openerName, tlsFacts } from '../../bots/index.ts';
import { bundleKinds } from '../../contract/bundleKind.ts';
import type { BotIdentity } from '../../contract/verifiedBots.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { Judgement } from '../activeSet/judgement.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';

/** `GET /.holdfast/trace`: one `key=value` per line about this very request. A kind that the edge lacks has no line. */
export function traceText(
  identity: EdgeIdentity,
  head: RequestHead,
  connection: ConnectionFacts,
  judgement: Judgement,
): string {
  const { set, site, verdict, outcome, address } = judgement;
  const lines = [
    `edge=${identity.edge}`,
    `worker=${identity.worker}`,
    `site=${site?.name ?? 'none'}`,
    `host=${head.host}`,
    `client=${head.clientAddress}`,
    `version=${head.version}`,
  ];
  const { ja4, http2 } = connection;
  if (ja4 !== undefined) lines.push(`ja4=${ja4}`, `ja4_of=${openerName(tlsFacts(ja4))}`);
  if (http2 !== undefined) lines.push(`http2=${http2}`, `http2_of=${openerName(http2Facts(http2))}`);
  // Of a relayed head the order is the proxy's, and no feature reads it.
  lines.push(head.isRelayed ? 'relayed=yes' : `header_order=${headerOrderHash(head)}`);
  if (verdict.kind === 'scored') {
    lines.push(`score=${verdict.score}`, `source=${verdict.source}`, `heuristics=${verdict.heuristics.join(',')}`);
  } else {
    lines.push('score=absent', `absent=${verdict.reason}`);
  }
  lines.push(`action=${outcome.action}`);
  if (outcome.rule !== null) lines.push(`rule=${outcome.rule}`);
  if (outcome.logged.length > 0) lines.push(`logged=${outcome.logged.join(',')}`);
  if (outcome.dry.length > 0) lines.push(`dry=${outcome.dry.join(',')}`);
  lines.push(`unknowns=${outcome.unknowns}`, ...identityLines(verdict.identity));
  lines.push(...addressLines(address));
  for (const kind of bundleKinds) {
    const version = set.versions[kind];
    if (version !== undefined) lines.push(`${kind}=${version}`);
  }
  if (set.killed.size > 0) lines.push(`killed=${[...set.killed].join(',')}`);
  return `${lines.join('\n')}\n`;
}

/** What is not known has no line; without lists none has. */
function addressLines({ country, asn, lists }: ListedAddress): string[] {
  const lines: string[] = [];
  if (country !== undefined) lines.push(`country=${country}`);
  if (asn !== undefined) lines.push(`asn=${asn}`);
  if (lists !== undefined) lines.push(`lists_of=${lists.join(',')}`);
  return lines;
}

/** `verified` is true, false or unknown; `operator` is proven or, as long as `verified` is not true, merely claimed. */
function identityLines(identity: BotIdentity | undefined): string[] {
  if (identity === undefined) return [];
  const { verified, reason, operator, category, signatureFault } = identity;
  const lines = [`verified=${verified ?? 'unknown'}`, `identity=${reason}`];
  if (operator !== null) lines.push(`operator=${operator}`, `category=${category}`);
  if (signatureFault !== null) lines.push(`signature-fault=${signatureFault}`);
  return lines;
}
