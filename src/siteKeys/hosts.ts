import { listOf, required, text } from '../shape/index.ts';
import { isHost, parseHost } from './texts/host.ts';
import { siteLimits } from './texts/limits.ts';

const host = text({
  what: 'a host',
  like: 'NAME',
  read: parseHost,
  check: (name) =>
    name === '*' || isHost(name)
      ? undefined
      : 'a host is a lower-case name without scheme and port; * catches the rest',
  once: {
    scope: 'hosts',
    twice: (name, before) => `the host "${name}" stands in ${before} already`,
    repeated: 'Hosts that stand twice',
    reason: 'host-duplicate',
  },
});

export const hosts = required(
  listOf(host, {
    says: 'host names without scheme and port; `"*"` (in quotes) catches every host that no site names',
    reason: 'host-invalid',
    each: 'host',
    min: 1,
    max: siteLimits.hostsPerSiteMax,
    none: 'a site needs at least one host; "*" catches every other one',
  }),
);
