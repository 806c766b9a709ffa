import { either, listOf, recordOf, required, text, trueOrFalse } from '../shape/index.ts';
import { configLimits } from './configLimits.ts';
import { configDefaults } from './holdfastConfig.ts';

const certificate = recordOf(
  {
    certificate: required(text({ says: 'its absolute path on the edge, with its chain', like: '/PATH' })),
    key: required(text({ says: 'the absolute path of its key', like: '/PATH' })),
  },
  { what: 'a certificate' },
);

export const listenerTls = recordOf(
  {
    certificates: required(
      listOf(certificate, {
        says: 'PEM files on the edge, each certificate with its chain; the names are read from it, and the first one is shown where none has the name that is asked for',
        unsaid: 'without `tls`: in the clear',
        each: 'certificate',
        min: 1,
        max: configLimits.certificatesMax,
        none: 'there is no certificate; name at least one',
      }),
    ),
    http2: trueOrFalse({ default: true, says: '`false` offers HTTP/1.1 alone' }),
  },
  { what: 'tls', says: 'how visitors connect encrypted' },
);

const address = text({
  says: '`HOST:PORT`, `"[IPV6]:PORT"` or `unix:/absolute/path`; the first listener is `HOST:PORT`',
  like: 'HOST:PORT',
});

export const listener = recordOf(
  {
    address: required(address),
    tls: listenerTls,
    proxyProtocol: trueOrFalse({
      default: false,
      says: '`true`: every connection begins with a PROXY header, version 1 or 2, and comes from one of `trustedProxies` (a unix socket: from whoever may open it)',
    }),
  },
  { what: 'a listener' },
);

/** What becomes of the addresses, `decodeListeners` says. */
export const listen = either(
  text({ like: 'HOST:PORT' }),
  listOf(either(address, listener, {}), { each: 'listener', min: 1, max: configLimits.listenersMax }),
  {
    says: '`HOST:PORT` or `"[IPV6]:PORT"` where the edge serves, or listeners, [below](#listeners)',
    unsaid: `\`${configDefaults.listen.host}:${configDefaults.listen.port}\``,
    flag: '--listen',
  },
);
