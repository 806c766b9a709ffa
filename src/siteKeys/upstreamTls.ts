import { ok } from '../kernel/result.ts';
import { recordOf, text, trueOrFalse } from '../shape/index.ts';
import { hostCharsMax, isHost } from './texts/host.ts';
import { siteLimits } from './texts/limits.ts';
import { isReachableHost } from './texts/origin.ts';
import { certificateFault } from './texts/pem.ts';

/** For `https` origins. A private key never travels in a bundle: `keyPath` names a file on the edge. */
export const tls = recordOf(
  {
    verify: trueOrFalse({
      default: true,
      says: '`false`: any certificate will do, and so will anybody between edge and origin',
    }),
    serverName: text({
      says: 'the name that is asked for and must stand in the certificate',
      unsaid: "the origin's host",
      read: (name) => ok(name.toLowerCase()),
      check: (name) =>
        isServerName(name)
          ? undefined
          : 'serverName is a host name as it stands in the certificate, without scheme and port',
    }),
    ca: text({
      says: 'PEM text, 1–32 certificates that are trusted instead of the public ones',
      unsaid: 'the public roots that the runtime carries, and `NODE_EXTRA_CA_CERTS`',
      check: (pem) => pemFault('ca', pem),
    }),
    certificate: text({
      says: 'PEM text of the certificate that the edge shows the origin, with its chain; together with `keyPath`',
      what: 'the certificate',
      check: (pem) => pemFault('the certificate', pem),
    }),
    keyPath: text({
      says: 'absolute path of its private key, **a file on each edge**. A private key never stands in this file, because sites travel and are kept as bundles; a file that holds one is refused',
      like: '/PATH',
      check: keyPathFault,
    }),
  },
  { says: 'for `https` origins', reason: 'upstream-tls-invalid' },
  {
    checkKeys: (has) =>
      has('certificate') === has('keyPath')
        ? undefined
        : { fault: 'certificate and keyPath stand together or not at all' },
  },
);

/** A name and no address: certificates are asked for by name (RFC 6066 section 3). */
function isServerName(name: string): boolean {
  const isName = name.length <= hostCharsMax && isHost(name) && isReachableHost(name);
  return isName && !/^\[|^[\d.]+$/.test(name);
}

function pemFault(what: string, pem: string): string | undefined {
  const fault = certificateFault(pem);
  return fault === undefined ? undefined : `${what} ${fault}`;
}

function keyPathFault(path: string): string | undefined {
  const isPath =
    path.length >= 2 && path.length <= siteLimits.keyPathCharsMax && /^\/[^\u0000-\u001f\u007f]+$/.test(path);
  if (isPath) return undefined;
  return path.includes('PRIVATE KEY')
    ? 'a private key must not stand here; keyPath names its file on the edge'
    : 'keyPath is the absolute path of a file on the edge';
}
