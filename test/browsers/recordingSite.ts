import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a client sent it: header names in their case and order. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly rawHeaders: readonly string[];
  readonly status: number;
}

/** A small site on loopback that keeps what it was sent: pages, assets, an API, a form. */
export interface RecordingSite {
  readonly port: number;
  readonly url: string;
  /** What arrived since the last call. */
  take(): RecordedRequest[];
  /** Resolves true once a request matches; false when `timeoutMs` are over. */
  arrived(matches: (request: RecordedRequest) => boolean, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export async function startRecordingSite(): Promise<RecordingSite> {
  let recorded: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    request.resume();
    const status = answer(request, response);
    recorded.push({
      atMs: Math.round(performance.now()),
      method: request.method ?? '',
      target: request.url ?? '',
      version: request.httpVersion === '1.0' ? '1.0' : '1.1',
      rawHeaders: request.rawHeaders,
      status,
    });
    for (const wake of waiting) wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    take() {
      const taken = recorded;
      recorded = [];
      return taken;
    },
    arrived(matches, timeoutMs) {
      return new Promise((resolve) => {
        const finish = (found: boolean) => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const look = () => recorded.some(matches) && finish(true);
        const timer = setTimeout(() => finish(false), timeoutMs);
        waiting.add(look);
        look();
      });
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Everything that a browser asks for in one visit, so that one visit shows all kinds of requests. */
export const visitPage = `<!doctype html><html><head><meta charset="utf-8"><title>Shop</title>
<link rel="stylesheet" href="/assets/site.css"><script src="/assets/site.js"></script></head>
<body><h1>Shop</h1><img src="/images/box.png" alt="" width="8" height="8">
<form method="post" action="/orders"><input name="text" autofocus><button>Order</button></form>
<a href="/pages/about" id="about">About</a></body></html>`;

const siteScript = `addEventListener('load', async () => {
  await fetch('/api/items');
  await fetch('/api/items', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const request = new XMLHttpRequest();
  request.open('GET', '/api/prices?page=1');
  request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  request.send();
});`;

function answer(request: IncomingMessage, response: ServerResponse): number {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const [type, body, status] = contentOf(path, request.method ?? '');
  response.writeHead(status, { 'content-type': type, 'set-cookie': 'sid=5f2c1a; Path=/' });
  response.end(body);
  return status;
}

function contentOf(path: string, method: string): [type: string, body: string, status: number] {
  if (path === '/') return ['text/html', visitPage, 200];
  if (path === '/assets/site.css') return ['text/css', 'body{font:16px sans-serif}', 200];
  if (path === '/assets/site.js') return ['text/javascript', siteScript, 200];
  if (path.startsWith('/images/') || path === '/favicon.ico') {
    return ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>', 200];
  }
  if (path.startsWith('/api/')) return ['application/json', '[]', 200];
  if (path === '/orders' && method === 'POST')
    return ['text/html', '<p>Thank you. <a href="/pages/more">More</a>', 200];
  if (path.startsWith('/pages/')) {
    return ['text/html', '<p>Page</p><img src="/images/two.png"><a href="/">Home</a>', 200];
  }
  return ['text/html', '<p>Not here</p>', 404];
}
