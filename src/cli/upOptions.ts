import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isLoopback } from '../address/index.ts';
import { type AccessLogTarget, type HostPort, workerMemoryMiBRange } from '../contract/edgeOptions.ts';
import { err, ok, type Result } from '../kernel/result.ts';

/** What `holdfast up` was asked for on the command line; undefined is not said, and the configuration file decides. */
export interface UpOptions {
  readonly data: string;
  readonly configPath: string | undefined;
  readonly origin: string | undefined;
  readonly listen: HostPort | undefined;
  readonly controlListen: HostPort | undefined;
  readonly workers: number | undefined;
  readonly trustedProxies: readonly string[];
  readonly edge: string | undefined;
  readonly accessLog: AccessLogTarget | undefined;
  readonly clickhouseUrl: string | undefined;
  readonly factoryEveryS: number | undefined;
}

export const upUsage = `usage: holdfast up [options]

Starts an edge, control and the factory on this machine, and a demo site when no origin is given.

  --origin URL            protect this application: http://HOST:PORT
  --config FILE           sites and rules from a file ('holdfast check FILE' tells what is wrong with it)
  --data DIR              where everything is kept (default ./.holdfast)
  --listen HOST:PORT      where the edge serves (default 127.0.0.1:8080)
  --control-listen HOST:PORT   where control serves (default 127.0.0.1:8081)
  --workers N             worker processes (default: one per core)
  --trusted-proxy CIDR    whose X-Forwarded-For counts; may be repeated
  --edge NAME             name of this edge in logs and control (default: the host name)
  --access-log FILE|stdout     a line of JSON per request
  --clickhouse URL        use this ClickHouse server instead of the embedded one
  --factory-every S       seconds between two feature files (default 300; the demo: 15)
`;

/** Reads the flags. The error is a sentence for the person who typed them. */
export function parseUpOptions(args: readonly string[]): Result<UpOptions, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        origin: { type: 'string' },
        config: { type: 'string' },
        data: { type: 'string', default: './.holdfast' },
        listen: { type: 'string' },
        'control-listen': { type: 'string' },
        workers: { type: 'string' },
        'trusted-proxy': { type: 'string', multiple: true, default: [] },
        edge: { type: 'string' },
        'access-log': { type: 'string' },
        clickhouse: { type: 'string' },
        'factory-every': { type: 'string' },
      },
    });
    if (values.origin !== undefined && values.config !== undefined) {
      return err('--origin and --config exclude each other: the file names the origins itself');
    }
    return ok({
      data: values.data,
      configPath: values.config,
      origin: values.origin,
      listen: values.listen === undefined ? undefined : parseHostPort('--listen', values.listen),
      controlListen:
        values['control-listen'] === undefined
          ? undefined
          : parseHostPort('--control-listen', values['control-listen']),
      workers: values.workers === undefined ? undefined : parseWhole('--workers', values.workers, 1, 256),
      trustedProxies: values['trusted-proxy'],
      edge: values.edge,
      accessLog: values['access-log'] === undefined ? undefined : parseAccessLog(values['access-log']),
      clickhouseUrl: values.clickhouse,
      factoryEveryS:
        values['factory-every'] === undefined
          ? undefined
          : parseWhole('--factory-every', values['factory-every'], 1, 86_400),
    });
  } catch (error) {
    return err((error as Error).message);
  }
}

/** `HOST:PORT`, `[IPV6]:PORT`. Throws an Error that names the flag. */
export function parseHostPort(flag: string, text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new Error(`${flag} wants HOST:PORT, for example 127.0.0.1:8080; '${text}' is not`);
  }
  return { host: (match[1] ?? match[2])!, port };
}

/** The same, of this machine alone: whoever reaches the admin socket reads all of it. */
export function parseAdminListen(flag: string, text: string): HostPort {
  const listen = parseHostPort(flag, text);
  if (!isLoopback(listen.host)) throw new Error(`${flag} wants a loopback address, for example 127.0.0.1:9090`);
  return listen;
}

/** `stdout`, or a file's path from here. */
export function parseAccessLog(text: string): AccessLogTarget {
  return text === 'stdout' ? text : { path: resolve(text) };
}

/** MiB. */
export function parseWorkerMemory(flag: string, text: string): number {
  return parseWhole(flag, text, workerMemoryMiBRange.min, workerMemoryMiBRange.max);
}

function parseWhole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`${flag} wants a whole number from ${min} to ${max}; '${text}' is not`);
  }
  return value;
}
