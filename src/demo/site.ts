import type { IncomingMessage, ServerResponse } from 'node:http';

const answerBytesMax = 1 << 20;

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2733}
nav a{margin-right:1rem}img{height:64px}code,pre{background:#eef2f6;padding:.1rem .3rem;border-radius:4px}
button{font:inherit;padding:.3rem .8rem}`;

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#1f6feb"/>
<path d="M20 14v36M44 14v36M20 32h24" stroke="#fff" stroke-width="7" stroke-linecap="round"/></svg>`;

const script = `fetch('/api/products').then(r => r.json()).then(list => {
  document.querySelector('#products').textContent = list.map(p => p.name + ' ' + p.price.toFixed(2)).join(', ');
});
fetch('/.holdfast/trace').then(r => r.text()).then(t => { document.querySelector('#trace').textContent = t; });`;

const products = [
  { id: 1, name: 'Cleat', price: 12.5 },
  { id: 2, name: 'Shackle', price: 7.9 },
  { id: 3, name: 'Bowline rope', price: 34 },
];

const assetsKept = 'public, max-age=300';

/** What does not depend on the request: path → content. */
const contents: Readonly<
  Record<string, { readonly type: string; readonly body: string; readonly cacheControl?: string }>
> = {
  '/': { type: 'text/html; charset=utf-8', body: homePage() },
  '/about': { type: 'text/html; charset=utf-8', body: page('About', '<p>A page without scripts.</p>') },
  '/style.css': { type: 'text/css', body: style, cacheControl: assetsKept },
  '/logo.svg': { type: 'image/svg+xml', body: logo, cacheControl: assetsKept },
  '/favicon.ico': { type: 'image/svg+xml', body: logo, cacheControl: assetsKept },
  '/app.js': { type: 'text/javascript', body: script, cacheControl: assetsKept },
  '/robots.txt': { type: 'text/plain', body: 'User-agent: *\nDisallow: /private\n' },
  '/api/products': { type: 'application/json', body: JSON.stringify(products) },
};

/** The demo origin: pages, assets, an API and `/echo`, enough to see every kind of request go through an edge. */
export function answerDemoRequest(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const content = Object.hasOwn(contents, path) ? contents[path] : undefined;
  if (content !== undefined) {
    send(response, 200, content.type, content.body, content.cacheControl);
  } else if (path === '/echo' || path === '/form') {
    echo(request, response);
  } else {
    const body = page('Not here', `<p>The demo site has no <code>${escapeHtml(path)}</code>.</p>`);
    send(response, 404, 'text/html; charset=utf-8', body);
  }
}

function homePage(): string {
  return page(
    'Demo site',
    `<p>This page came through Holdfast. Products from the API: <span id="products">…</span></p>
<form method="post" action="/form"><input name="message" value="hello"> <button>Send a form</button></form>
<h2>How Holdfast saw your browser</h2><pre id="trace">…</pre><script src="/app.js"></script>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
<nav><img src="/logo.svg" alt=""> <a href="/">Home</a><a href="/about">About</a><a href="/echo">Echo</a></nav>
<h1>${title}</h1>${body}</html>`;
}

/** JSON of what arrived: method, path, headers (as the origin sees them), and how many body bytes. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  let bodyBytes = 0;
  request.on('data', (chunk: Buffer) => {
    bodyBytes += chunk.length;
    if (bodyBytes > answerBytesMax) request.destroy();
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    send(response, 200, 'application/json', `${JSON.stringify({ method, path: url, headers, bodyBytes }, null, 2)}\n`);
  });
  request.on('error', () => response.destroy());
}

function send(response: ServerResponse, status: number, type: string, body: string, cacheControl = 'no-store'): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': type, 'content-length': length, 'cache-control': cacheControl });
  response.end(body);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
