import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, PinnedProcess } from '../pinned.ts';
import { type Contender, running } from './contender.ts';

/** Passes every request on: nothing is looked up, nothing kept. */
export const varnish: Contender = {
  name: 'varnish',
  tellsScore: null,
  notServed: (scheme) => (scheme === 'http' ? null : 'Varnish has no TLS'),
  async start(setup) {
    const port = await freePort();
    const path = join(setup.folder, 'pass.vcl');
    writeFileSync(path, configurationOf(setup.originPort));
    const work = join(setup.folder, 'varnish');
    mkdirSync(work);
    const args = ['-F', '-a', `127.0.0.1:${port}`, '-f', path, '-n', work, '-s', 'malloc,64m', '-T', 'none'];
    // Without a user of its own, which could not read the folder.
    const jail = ['-j', 'none'];
    const parameters = ['-p', 'timeout_idle=300'];
    return running(
      port,
      new PinnedProcess('varnishd', [...jail, ...args, ...parameters], { ...setup, name: 'varnish' }),
    );
  },
};

function configurationOf(originPort: number) {
  return `vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = "${originPort}"; }
sub vcl_recv { set req.http.Via = "1.1 varnish"; return (pass); }
`;
}
