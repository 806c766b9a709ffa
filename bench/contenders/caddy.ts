import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, PinnedProcess } from '../pinned.ts';
import { type Contender, running, type Setup } from './contender.ts';

export const caddy: Contender = {
  name: 'caddy',
  tellsScore: null,
  notServed: () => null,
  async start(setup) {
    const port = await freePort();
    const path = join(setup.folder, 'Caddyfile');
    writeFileSync(path, configurationOf(setup, port));
    const environment = { HOME: setup.folder, XDG_DATA_HOME: setup.folder, XDG_CONFIG_HOME: setup.folder };
    const args = ['run', '--config', path, '--adapter', 'caddyfile'];
    return running(port, new PinnedProcess('caddy', args, { ...setup, name: 'caddy', environment }));
  },
};

function configurationOf({ scheme, originPort, certificate }: Setup, port: number) {
  const tls = `tls ${certificate.certificatePath} ${certificate.keyPath}`;
  return `{
  admin off
  auto_https off
  default_sni shop.example
  servers {
    protocols ${scheme === 'h2' ? 'h1 h2' : 'h1'}
    timeouts {
      idle 300s
    }
  }
}
${scheme === 'http' ? 'http://' : 'https://'}:${port} {
  bind 127.0.0.1
  ${scheme === 'http' ? '' : tls}
  header +Via "1.1 caddy"
  reverse_proxy 127.0.0.1:${originPort} {
    trusted_proxies 127.0.0.1/32
    header_up +Via "1.1 caddy"
    transport http {
      compression off
      keepalive_idle_conns_per_host 128
    }
  }
}
`;
}
