import { Agent, createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import { createProxyServer } from 'httpxy';
import { idleMs, start, tlsOptions } from './peerStart.ts';

const agent = new Agent({ keepAlive: true });
const proxy = createProxyServer({ target: `http://127.0.0.1:${start.originPort}`, agent });
// Its own `xfwd` leaves an X-Forwarded-For that is there as it is; a proxy adds the address that it sees.
proxy.on('proxyReq', (toOrigin, { headers, socket }) => {
  const before = headers['x-forwarded-for'];
  const address = socket.remoteAddress ?? '';
  toOrigin.setHeader('X-Forwarded-For', before === undefined ? address : `${before}, ${address}`);
  toOrigin.setHeader('X-Forwarded-Proto', tlsOptions === null ? 'http' : 'https');
  toOrigin.setHeader('Via', '1.1 httpxy');
});
proxy.on('proxyRes', (_answer, _request, response) => response.setHeader('Via', '1.1 httpxy'));

const server = tlsOptions === null ? createPlain(pass) : createTls(tlsOptions, pass);
server.keepAliveTimeout = idleMs;
server.listen(start.port, '127.0.0.1');

function pass(request: IncomingMessage, response: ServerResponse): void {
  proxy.web(request, response).catch(() => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
}
