import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small real site: pages with links, assets, forms, an API, a feed, robots.txt, redirects, and what is not there. */
export async function startLabSite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    request.resume();
    const { status, type, body, location } = answer(request.method ?? 'GET', request.url ?? '/');
    response.writeHead(status, {
      'content-type': type,
      ...(location === undefined ? {} : { location }),
      ...(type.startsWith('text/html') ? { 'set-cookie': 'sid=5f2c1a; Path=/' } : { 'cache-control': 'max-age=60' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Content {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly location?: string;
}

const products = 60;
const html = (body: string, status = 200): Content => ({ status, type: 'text/html; charset=utf-8', body });
const redirect = (location: string): Content => ({ status: 302, type: 'text/plain', body: '', location });

function answer(method: string, target: string): Content {
  const [path = '/'] = target.split('?');
  const product = Number(/^\/products\/(\d+)$/.exec(path)?.[1] ?? 0);
  if (path === '/') return html(page('Shop', home()));
  if (product >= 1 && product <= products) return html(page(`Box ${product}`, productPage(product)));
  if (path === '/old') return redirect('/products/3');
  if (path === '/orders') return method === 'POST' ? redirect('/thanks') : html(page('Orders', ''), 405);
  if (/^\/(about|thanks|search|products|contact)$/.test(path)) return html(page(path.slice(1), article()));
  if (path === '/assets/site.css') return { status: 200, type: 'text/css', body: style };
  if (path === '/assets/site.js') return { status: 200, type: 'text/javascript', body: script };
  if (/^\/images\/|^\/favicon\.ico$/.test(path)) return { status: 200, type: 'image/svg+xml', body: picture };
  if (path === '/feed.xml') return { status: 200, type: 'application/rss+xml', body: feed };
  if (path === '/robots.txt') return { status: 200, type: 'text/plain', body: 'User-agent: *\nDisallow: /private\n' };
  if (path === '/api/items') return { status: 200, type: 'application/json', body: '[{"id":1},{"id":2}]' };
  if (path === '/api/cart') return { status: method === 'POST' ? 201 : 200, type: 'application/json', body: '{}' };
  return html(page('Not here', ''), 404);
}

/** Links are tall, so that a mouse that knows nothing of the page finds them. */
const style = `body{margin:0;font:16px sans-serif}a{display:block;height:50px}a.first{height:120px;background:#eef}
a.second{height:120px;background:#efe}img{width:30px;height:30px}`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="/assets/site.css"><link rel="alternate" type="application/rss+xml" href="/feed.xml">
<script src="/assets/site.js" defer></script></head><body>${body}</body></html>`;
}

function home(): string {
  const links = Array.from(
    { length: 9 },
    (_, index) => `<a href="/products/${index * 5 + 4}">Box ${index * 5 + 4}</a>`,
  );
  return `<a class="first" href="/products/2">The best box</a><a class="second" href="/about">About us</a>
<form action="/search"><input name="text" autofocus><button>Search</button></form>
<img src="/images/front.svg" alt="">${links.join('')}<a href="/old">Old address</a><a href="/gone">Gone</a>`;
}

function productPage(number: number): string {
  return `<a class="first" href="/products/${(number % products) + 1}">Next</a><a class="second" href="/">Home</a>
<h1>Box ${number}</h1><img src="/images/box-${number}.svg" alt="">
<form method="post" action="/orders"><input name="text"><button>Order</button></form>${article()}`;
}

/** Long enough that Firefox offers its reader view. */
function article(): string {
  const sentence =
    'A box keeps together what would otherwise lie about, and that is most of what there is to say of it. ';
  return `<article><h1>On boxes</h1>${`<p>${sentence.repeat(6)}</p>`.repeat(5)}</article>`;
}

const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>';
const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Shop</title><link>/</link><description>Boxes</description>
<item><title>Box 1</title><link>/products/1</link></item></channel></rss>`;
const script = `addEventListener('load', async () => {
  await fetch('/api/items');
  if (location.pathname.startsWith('/products/')) {
    await fetch('/api/cart', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    const request = new XMLHttpRequest();
    request.open('GET', '/api/items?page=1');
    request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
    request.send();
  }
});`;
