import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, PinnedProcess } from '../pinned.ts';
import { type Contender, running, type Setup } from './contender.ts';

export const haproxy: Contender = {
  name: 'haproxy',
  tellsScore: null,
  notServed: () => null,
  async start(setup) {
    const port = await freePort();
    const path = join(setup.folder, 'haproxy.cfg');
    writeFileSync(path, configurationOf(setup, port));
    return running(port, new PinnedProcess('haproxy', ['-db', '-f', path], { ...setup, name: 'haproxy' }));
  },
};

function configurationOf({ scheme, originPort, certificate, workers, connections }: Setup, port: number) {
  const alpn = scheme === 'h2' ? 'h2,http/1.1' : 'http/1.1';
  const tls = scheme === 'http' ? '' : ` ssl crt ${certificate.bothPath} alpn ${alpn}`;
  // It counts two descriptors per connection in advance; idle visitors need one.
  return `global
  nbthread ${workers}
  maxconn ${connections + 2_048}
  no strict-limits
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 60s
  timeout http-keep-alive 300s
  http-reuse always
frontend visitors
  bind 127.0.0.1:${port} backlog 16384${tls}
  option forwardfor
  http-request set-header X-Forwarded-Proto ${scheme === 'http' ? 'http' : 'https'}
  http-request add-header Via "1.1 haproxy"
  http-response add-header Via "1.1 haproxy"
  default_backend origins
backend origins
  server origin 127.0.0.1:${originPort}
`;
}
