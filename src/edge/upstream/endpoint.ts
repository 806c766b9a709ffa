import { createHash } from 'node:crypto';
import type { OriginTls, UpstreamChoices, WeightedOrigin } from '../../bundles/index.ts';

/** One origin as a connection pool sees it. The same key: connections may be shared. */
export interface Endpoint {
  /** A name or an address; an IPv6 address stands without brackets. */
  readonly host: string;
  readonly port: number;
  /** undefined: in the clear. */
  readonly tls: OriginTls | undefined;
  /** The origin's URL; with TLS also what was agreed on it, since a verified connection is not an unverified one. */
  readonly key: string;
}

export function endpointOf({ url, address }: WeightedOrigin, { tls }: Pick<UpstreamChoices, 'tls'>): Endpoint {
  const { host, port, isTls } = address;
  if (!isTls) return { host, port, tls: undefined, key: url };
  const agreed = createHash('sha256').update(JSON.stringify(tls)).digest('hex').slice(0, 12);
  return { host, port, tls, key: `${url}#${agreed}` };
}
