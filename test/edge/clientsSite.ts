import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { CertificateFiles } from '../../src/contract/edgeOptions.ts';
import { certificateFolder } from './certificateFiles.ts';
import { site, startEdge, startOrigin, type TestEdge, type TestEdgeOptions, type Undo } from './harness.ts';

/** The name that the certificate is for; clients are told that it is 127.0.0.1. */
export const hostName = 'shop.example';

/** What a page's script found out about its visit. */
export interface PageReport {
  /** Which of the listeners it came through. */
  readonly port: number;
  /** As the browser says: `http/1.1`, `h2`. */
  readonly protocol: string;
  readonly style: string;
  readonly image: number;
  readonly form: string;
  readonly redirected: string;
  readonly socket: string;
}

export interface ClientsSite {
  readonly edge: TestEdge;
  /** By what it offers. */
  readonly ports: { readonly plain: number; readonly tls: number; readonly h2: number };
  readonly folder: string;
  readonly authority: string;
  readonly certificate: CertificateFiles;
  /** Of the pages, as they arrived. */
  readonly reports: PageReport[];
  /** The latest WebSocket server side. */
  readonly sockets: WebSocketServer;
}

/** An edge with three listeners (plain, TLS with HTTP/1.1 alone, TLS with HTTP/2), and an origin with a page, a form, a redirect and an echo. */
export async function startClientsSite(
  undo: Undo,
  options: Pick<TestEdgeOptions, 'substitute'> = {},
): Promise<ClientsSite> {
  const reports: PageReport[] = [];
  const origin = await startOrigin(undo, (request, response) => answer(request, response, reports));
  const sockets = new WebSocketServer({
    server: origin.server,
    path: '/socket',
    maxPayload: 8 << 20,
    perMessageDeflate: true,
  });
  sockets.on('connection', (socket) => {
    socket.on('message', (message, isBinary) => {
      if (message.toString().startsWith('close ')) socket.close(Number(message.toString().slice(6)), 'as you wish');
      else socket.send(message, { binary: isBinary });
    });
  });
  const folder = certificateFolder(undo);
  const { authority, certificate } = makeCertificates(folder);
  const edge = await startEdge(undo, {
    ...options,
    set: { versions: {}, sites: { schema: 1, sites: [site(origin.url)] } },
    listeners: [
      {},
      { tls: { certificates: [certificate], http2: false } },
      { tls: { certificates: [certificate], http2: true } },
    ],
  });
  const [plain = 0, tls = 0, h2 = 0] = edge.ports;
  return { edge, ports: { plain, tls, h2 }, folder, authority, certificate, reports, sockets };
}

async function answer(request: IncomingMessage, response: ServerResponse, reports: PageReport[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const path = request.url?.split('?')[0];
  const send = (type: string, content: string | Buffer) => {
    response.setHeader('Content-Type', type);
    response.end(content);
  };
  switch (path) {
    case '/':
      return send('text/html', page);
    case '/style.css':
      return send('text/css', 'body { color: rgb(1, 2, 3) }');
    case '/script.js':
      return send('text/javascript', script);
    case '/picture.svg':
      return send('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>');
    case '/order':
      return send('text/html', `<p>${request.method} ${body}</p>`);
    case '/old':
      response.writeHead(302, { Location: '/new?from=old' });
      response.end();
      return;
    case '/report':
      reports.push(JSON.parse(body) as PageReport);
      return send('text/plain', 'thanks');
    case '/large':
      response.setHeader('Content-Length', 1 << 20);
      return send('application/octet-stream', Buffer.alloc(1 << 20, 'large '));
    case '/shortly':
      response.setHeader('Content-Type', 'text/plain');
      for (const part of ['one ', 'two ', 'three']) response.write(part);
      response.end();
      return;
    default:
      return send('text/plain', `${request.method} ${request.url} ${body}`.trim());
  }
}

const page = `<!doctype html><title>Through the edge</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><p id="text">text</p><img id="picture" src="/picture.svg">
<iframe name="answer" id="answer"></iframe>
<form id="form" method="post" action="/order" target="answer"><input name="thing" value="a small box"></form>
<script src="/script.js"></script>`;

/** Runs in the browser. Each part is a promise of its own, so that a report says which of them went wrong. */
const script = `
addEventListener('load', async () => {
  const attempt = (what) => Promise.race([what, new Promise((_, no) => setTimeout(() => no('too late'), 15000))])
    .catch((error) => 'failed: ' + error);
  const form = () => new Promise((done) => {
    const frame = document.getElementById('answer');
    frame.onload = () => done(frame.contentDocument.body.textContent.trim());
    document.getElementById('form').submit();
  });
  const socket = () => new Promise((done, no) => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
    socket.binaryType = 'arraybuffer';
    const heard = [];
    socket.onerror = () => no('socket error');
    socket.onopen = () => { socket.send('words'); socket.send(new Uint8Array(70000).fill(9)); };
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === 'string' ? data : data.byteLength + ' x ' + new Uint8Array(data)[69999]);
      if (heard.length === 2) socket.send('close 4001');
    };
    socket.onclose = ({ code, reason }) => done([...heard, code, reason].join(', '));
  });
  const report = {
    port: Number(location.port),
    protocol: performance.getEntriesByType('navigation')[0].nextHopProtocol,
    style: getComputedStyle(document.getElementById('text')).color,
    image: document.getElementById('picture').naturalWidth,
    form: await attempt(form()),
    redirected: await attempt(fetch('/old').then(async (answer) => answer.redirected + ' ' + await answer.text())),
    socket: await attempt(socket()),
  };
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
});`;

/** An authority of our own, which a browser can be told to trust, and a certificate that it signed. */
function makeCertificates(folder: string): { authority: string; certificate: CertificateFiles } {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-subj', '/CN=Test authority', '-keyout', at('authority.key'), '-out', at('authority.pem')];
  openssl('req', '-x509', '-days', '2', ...newKey, ...authority);
  openssl('req', ...newKey, '-subj', `/CN=${hostName}`, '-keyout', at('site.key'), '-out', at('site.csr'));
  writeFileSync(
    at('extensions'),
    `subjectAltName=DNS:${hostName},IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  const signed = ['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', at('site.csr'), ...signed, '-extfile', at('extensions'), '-out', at('site.pem'));
  return {
    authority: at('authority.pem'),
    certificate: { certificatePath: at('site.pem'), keyPath: at('site.key') },
  };
}
