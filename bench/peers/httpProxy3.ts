import { Agent, createServer as createPlain, type RequestListener } from 'node:http';
import { createServer as createTls } from 'node:https';
import { createProxyServer } from 'http-proxy-3';
import { idleMs, start, tlsOptions } from './peerStart.ts';

const agent = new Agent({ keepAlive: true });
const proxy = createProxyServer({ target: `http://127.0.0.1:${start.originPort}`, agent, xfwd: true });
proxy.on('proxyReq', (request) => request.setHeader('Via', '1.1 http-proxy-3'));
proxy.on('proxyRes', (_answer, _request, response) => response.setHeader('Via', '1.1 http-proxy-3'));
proxy.on('error', (_error, _request, response) => {
  if ('writeHead' in response && !response.headersSent) response.writeHead(502);
  response.end();
});

const listener: RequestListener = (request, response) => proxy.web(request, response);
const server = tlsOptions === null ? createPlain(listener) : createTls(tlsOptions, listener);
server.keepAliveTimeout = idleMs;
server.listen(start.port, '127.0.0.1');
