import httpProxy from '@fastify/http-proxy';
import { fastify } from 'fastify';
import { idleMs, start, tlsOptions } from './peerStart.ts';

const tls = tlsOptions === null ? {} : { https: { ...tlsOptions, allowHTTP1: true } };
const http2 = start.scheme === 'h2' ? { http2: true } : {};
// One call for three kinds of server, each of which has a type of its own.
const server = fastify({ keepAliveTimeout: idleMs, ...tls, ...http2 } as object);

server.register(httpProxy, {
  upstream: `http://127.0.0.1:${start.originPort}`,
  undici: { connections: 128, pipelining: 1 },
  replyOptions: {
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      // It puts the upstream's address there; the origin should see what the visitor asked for.
      host: request.headers.host,
      via: '1.1 fastify',
      'x-forwarded-for': join(headers['x-forwarded-for'], request.raw.socket.remoteAddress),
      'x-forwarded-proto': tlsOptions === null ? 'http' : 'https',
    }),
    rewriteHeaders: (headers) => ({ ...headers, via: '1.1 fastify' }),
  },
});
await server.listen({ port: start.port, host: '127.0.0.1' });

function join(before: string | string[] | undefined, address: string | undefined): string {
  return before === undefined ? `${address}` : `${before}, ${address}`;
}
