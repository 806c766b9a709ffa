import { headerOrderHash, http2Facts, openerName, tlsFacts } from '../../bots/index.ts';
import { bundleKinds } from '../../contract/bundleKind.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import type { ListedAddress } from '../../lists/index.ts';
import type { EdgeIdentity } from '../counts/edgeIdentity.ts';
import type { Guard } from '../pipeline/guard.ts';
import type { Module } from '../pipeline/module.ts';
import type { HandledRequest } from './handledRequest.ts';

/** `GET /.holdfast/trace`: one `key=value` per line about this very request. A kind that the edge lacks has no line. */
export function traceText(
  identity: EdgeIdentity,
  request: HandledRequest,
  modules: readonly Module[],
  guard: Guard,
): string {
  const { set, site, head, address, connection } = request;
  const lines = [
    `edge=${identity.edge}`,
    `worker=${identity.worker}`,
    `site=${site?.name ?? 'none'}`,
    `host=${head.host}`,
    `client=${head.clientAddress}`,
    `version=${head.version}`,
    ...openingLines(head, connection),
  ];
  for (const module of modules) {
    for (const [name, value] of guard.aside(module, () => module.trace?.(request)) ?? [])
      lines.push(`${name}=${value}`);
  }
  lines.push(...addressLines(address));
  for (const kind of bundleKinds) {
    const version = set.versions[kind];
    if (version !== undefined) lines.push(`${kind}=${version}`);
  }
  if (set.killed.size > 0) lines.push(`killed=${[...set.killed].join(',')}`);
  return `${lines.join('\n')}\n`;
}

/** How the connection and the head were written. */
function openingLines(head: RequestHead, { ja4, http2 }: HandledRequest['connection']): string[] {
  const lines: string[] = [];
  if (ja4 !== undefined) lines.push(`ja4=${ja4}`, `ja4_of=${openerName(tlsFacts(ja4))}`);
  if (http2 !== undefined) lines.push(`http2=${http2}`, `http2_of=${openerName(http2Facts(http2))}`);
  // Of a relayed head the order is the proxy's, and no feature reads it.
  lines.push(head.isRelayed ? 'relayed=yes' : `header_order=${headerOrderHash(head)}`);
  return lines;
}

/** What is not known has no line; without lists none has. */
function addressLines({ country, asn, lists }: ListedAddress): string[] {
  const lines: string[] = [];
  if (country !== undefined) lines.push(`country=${country}`);
  if (asn !== undefined) lines.push(`asn=${asn}`);
  if (lists !== undefined) lines.push(`lists_of=${lists.join(',')}`);
  return lines;
}
