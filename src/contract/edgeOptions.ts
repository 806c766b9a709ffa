/** How one edge is started; given as JSON to its supervisor, which hands it to agent and workers. */
export interface EdgeOptions {
  /** `--data`: root of the data folder (see `dataFolder`). */
  readonly data: string;
  /** Name of this edge in the trace, the log and control. */
  readonly edge: string;
  readonly listen: HostPort;
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
  /** Unix socket of the factory's log receiver; null: records are not sent. */
  readonly logSocket: string | null;
}

/** Where control is. The token is named by its file: whatever stands on a command line is seen by every user. */
export interface ControlAccess {
  readonly url: string;
  readonly tokenFile: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}
