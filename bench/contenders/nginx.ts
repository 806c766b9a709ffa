import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxPreamble } from '../origin.ts';
import { freePort, PinnedProcess } from '../pinned.ts';
import { type Contender, running, type Setup } from './contender.ts';

export const nginx: Contender = {
  name: 'nginx',
  tellsScore: null,
  notServed: () => null,
  async start(setup) {
    const port = await freePort();
    const path = join(setup.folder, 'nginx.conf');
    writeFileSync(path, configurationOf(setup, port));
    return running(port, new PinnedProcess('nginx', ['-c', path], { ...setup, name: 'nginx' }));
  },
};

function configurationOf({ folder, scheme, originPort, certificate, workers, connections }: Setup, port: number) {
  const words = { http: '', https: ' ssl', h2: ' ssl http2' }[scheme];
  const tls = `ssl_certificate ${certificate.certificatePath}; ssl_certificate_key ${certificate.keyPath};`;
  // Without a temporary file: spooling 1 MB answers to a disk would measure the disk.
  return `${nginxPreamble(folder, 'nginx', workers, connections + 2_048)}
  proxy_max_temp_file_size 0;
  upstream origin { server 127.0.0.1:${originPort}; keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port}${words} backlog=16384;
    ${scheme === 'http' ? '' : tls}
    location / {
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header Via "1.1 nginx";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
      add_header Via "1.1 nginx";
    }
  }
}
`;
}
