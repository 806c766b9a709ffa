import { isAbsolute } from 'node:path';
import { readNetwork } from '../address/index.ts';
import { workerMemoryMiBMaxDefault, workerMemoryMiBRange } from '../contract/edgeOptions.ts';
import { listOf, recordOf, text, wholeNumber } from '../shape/index.ts';
import { sites } from '../siteKeys/index.ts';
import { configLimits } from './configLimits.ts';
import { configDefaults } from './holdfastConfig.ts';
import { listen } from './listenKeys.ts';
import { verifiedBots } from './verifiedBotsKeys.ts';

/** What `holdfast.yaml` may say besides its sites, a row each in the order of the page. */
export const fileKeys = {
  listen,
  control: recordOf(
    {
      listen: text({
        says: 'where control serves',
        like: 'HOST:PORT',
        unsaid: `\`${configDefaults.controlListen.host}:${configDefaults.controlListen.port}\``,
        flag: '--control-listen',
      }),
    },
    { says: 'the control plane of this machine' },
  ),
  adminListen: text({
    says: 'loopback address where the [admin socket](operate/admin.md) answers, too',
    like: 'HOST:PORT',
    unsaid: 'its unix socket alone',
    flag: 'holdfast edge --admin-listen',
  }),
  workers: wholeNumber({ min: 1, max: 256, says: 'worker processes', unsaid: 'one per core', flag: '--workers' }),
  workerMemoryMiBMax: wholeNumber({
    ...workerMemoryMiBRange,
    says: 'MiB that a worker may hold before a new one takes its place',
    unsaid: `${workerMemoryMiBMaxDefault}`,
    flag: 'holdfast edge --worker-memory-max',
  }),
  accessLog: text({
    says: 'absolute path of a file, or `stdout`: a line of JSON per request, [here](operate/access-log.md)',
    like: '/PATH',
    flag: '--access-log',
    check: (said) =>
      said === 'stdout' || isAbsolute(said)
        ? undefined
        : 'this must be stdout or the absolute path of a file, like /var/log/holdfast/access.log',
  }),
  verifiedBots,
  trustedProxies: listOf(
    text({
      what: 'a trusted proxy',
      like: 'NETWORK',
      check: (said) =>
        readNetwork(said) === undefined
          ? 'this is no network; write it like 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32'
          : undefined,
    }),
    {
      says: 'networks whose `X-Forwarded-For` counts, and whose handshakes and way of writing heads say nothing of visitors ([bots.md](bots.md)); the edge warns (`proxy-not-named`) when a peer of a private network sends one and is not named: `[10.0.0.0/8, 192.0.2.7]`',
      each: 'network',
      min: 0,
      max: configLimits.trustedProxiesMax,
      flag: '--trusted-proxy',
    },
  ),
  factory: recordOf(
    {
      everyS: wholeNumber({
        min: 1,
        max: 86_400,
        default: configDefaults.factoryEveryS,
        what: 'factory.everyS',
        says: 'seconds between two feature files',
        flag: '--factory-every',
      }),
    },
    { says: 'what makes feature files' },
  ),
  clickhouse: recordOf(
    {
      url: text({
        what: 'clickhouse.url',
        says: 'HTTP interface of a ClickHouse server: `http://127.0.0.1:8123`',
        like: 'http://HOST:PORT',
        unsaid: 'the embedded one',
        flag: '--clickhouse',
        check: (said) => {
          const url = URL.parse(said);
          return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
            ? undefined
            : 'this must be the HTTP interface of a ClickHouse server, like http://127.0.0.1:8123';
        },
      }),
    },
    { says: 'where requests are logged to and feature files are made of' },
  ),
  sites: { ...sites, flag: '--origin' },
} as const;

export const fileShape = recordOf(fileKeys, { what: 'the configuration' });
