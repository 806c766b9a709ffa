import type { AccessLogTarget, HostPort, ListenerKind, ListenerOptions } from '../contract/edgeOptions.ts';
import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import type { VerifiedBotsOptions } from '../contract/verifiedBots.ts';

/** What `holdfast.yaml` says, checked and complete. Flags of `holdfast up` win over it. */
export interface HoldfastConfig {
  /** The first listener's address. */
  readonly listen: HostPort;
  /** How it is spoken to, and the further listeners; there when `listen` is a list. */
  readonly listenAs?: ListenerKind;
  readonly listeners?: readonly ListenerOptions[];
  readonly controlListen: HostPort;
  /** Where the admin socket is besides its unix socket; a loopback address. */
  readonly adminListen?: HostPort;
  /** MiB that a worker may hold before it is replaced. */
  readonly workerMemoryMiBMax?: number;
  /** Where each request leaves a line of JSON; nowhere unless said. */
  readonly accessLog?: AccessLogTarget;
  /** How bots are verified; online, with the shipped operators alone, unless said. */
  readonly verifiedBots?: VerifiedBotsOptions;
  /** null: one per core. */
  readonly workers: number | null;
  /** Networks whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly factoryEveryS: number;
  /** null: the embedded ClickHouse. */
  readonly clickhouseUrl: string | null;
  readonly sites: SitesFile;
}

export const configDefaults = {
  listen: { host: '127.0.0.1', port: 8080 },
  controlListen: { host: '127.0.0.1', port: 8081 },
  workers: null,
  trustedProxies: [],
  factoryEveryS: 300,
  clickhouseUrl: null,
  verifiedBots: { isOnline: true, operators: [] },
} as const satisfies Omit<HoldfastConfig, 'sites'>;

/** One thing that is wrong. Positions count from 1, columns in UTF-16 units. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** Where in the structure, like `sites[0].rules[1].when`; empty for the file itself. */
  readonly path: string;
  /** A sentence without its position and full stop. */
  readonly message: string;
}
