import { caddy } from './caddy.ts';
import type { Contender } from './contender.ts';
import { haproxy } from './haproxy.ts';
import { holdfast, holdfastBare } from './holdfast.ts';
import { nginx } from './nginx.ts';
import { nodePeer } from './nodePeer.ts';
import { varnish } from './varnish.ts';

/** Everyone, in the order of the table. */
export const contenders: readonly Contender[] = [
  holdfast,
  holdfastBare,
  nodePeer('bare-sockets', 'bareSockets.ts', ['http', 'https']),
  haproxy,
  nginx,
  caddy,
  varnish,
  nodePeer('http-proxy-3', 'httpProxy3.ts', ['http', 'https']),
  nodePeer('httpxy', 'httpxy.ts', ['http', 'https']),
  nodePeer('fastify-http-proxy', 'fastifyHttpProxy.ts', ['http', 'https', 'h2']),
];
