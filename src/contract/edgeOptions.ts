import type { VerifiedBotsOptions } from './verifiedBots.ts';

/** How one edge is started; given as JSON to its supervisor, which hands it to agent and workers. */
export interface EdgeOptions {
  /** `--data`: root of the data folder (see `dataFolder`). */
  readonly data: string;
  /** Name of this edge in the trace, the log and control. */
  readonly edge: string;
  /** Where visitors are served. */
  readonly listen: HostPort;
  /** Further places, each with its own way of being spoken to. */
  readonly listeners?: readonly ListenerOptions[];
  /** How `listen` is spoken to; plain HTTP unless said otherwise. */
  readonly listenAs?: ListenerKind;
  readonly workers: number;
  /** CIDRs whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /**
   * Where the sites come from. A file or an origin given on this machine is the truth for `sites` and is re-read on
   * SIGHUP; the agent signs it with a key of this edge's own, so it takes the way every bundle takes.
   */
  readonly sites: { readonly configPath: string } | { readonly origin: string } | 'control';
  /** null: no control; the edge serves from last good and takes local commands alone. */
  readonly control: ControlAccess | null;
  /** Where the admin socket is reachable besides its unix socket: a loopback address; left away or null: nowhere. */
  readonly adminListen?: HostPort | null;
  /** MiB that a worker may hold before it is replaced; `workerMemoryMiBMaxDefault` when left away. */
  readonly workerMemoryMiBMax?: number;
  /** Unix socket of the factory's log receiver; null: records are not sent. */
  readonly logSocket: string | null;
  /** Where each request leaves a line of JSON; left away: nowhere. */
  readonly accessLog?: AccessLogTarget;
  /** How bots are verified; left away: nothing is fetched and nobody is asked. */
  readonly verifiedBots?: VerifiedBotsOptions;
}

/** Standard output of the edge's first process, or a file that all workers append to (absolute path). */
export type AccessLogTarget = 'stdout' | { readonly path: string };

/** An idle worker holds about 100 MiB, 20,000 idle connections 240, the largest set twice (old and new) 100. */
export const workerMemoryMiBMaxDefault = 1_024;
/** Below it, workers would be replaced for nothing that they can help. */
export const workerMemoryMiBRange = { min: 256, max: 65_536 } as const;

/** Where control is. The token is named by its file: whatever stands on a command line is seen by every user. */
export interface ControlAccess {
  readonly url: string;
  readonly tokenFile: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Somewhere that visitors, or proxies in front, connect to. */
export interface ListenerOptions extends ListenerKind {
  readonly at: HostPort | { readonly unixPath: string };
}

export interface ListenerKind {
  /** undefined: in the clear. */
  readonly tls?: ListenerTls;
  /** Each connection begins with a PROXY protocol header, and its peer must be a trusted proxy. */
  readonly proxyProtocol?: boolean;
}

export interface ListenerTls {
  /** The first one is shown where no other has the name that the visitor asked for. Files are read again when they change. */
  readonly certificates: readonly CertificateFiles[];
  /** Whether HTTP/2 is offered (ALPN). */
  readonly http2: boolean;
}

/** PEM files on this machine: the certificate with its chain, and its key. */
export interface CertificateFiles {
  readonly certificatePath: string;
  readonly keyPath: string;
}
