import { resolve } from 'node:path';
import { isLoopback } from '../address/index.ts';
import { type AccessLogTarget, type HostPort, workerMemoryMiBRange } from '../contract/edgeOptions.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { textOf, textsOf } from './terminal/arguments.ts';
import type { Flags, Values } from './terminal/verb.ts';

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

export const upFlags: Flags = {
  origin: { takes: 'URL', says: 'protect this application: http://HOST:PORT' },
  config: { takes: 'FILE', says: "sites and rules from a file ('holdfast check FILE' tells what is wrong with it)" },
  data: { takes: 'DIR', byDefault: './.holdfast', says: 'where everything is kept' },
  listen: { takes: 'HOST:PORT', says: "where the edge serves; without: the file's, else 127.0.0.1:8080" },
  'control-listen': { takes: 'HOST:PORT', says: 'where control serves; without: 127.0.0.1:8081' },
  workers: { takes: 'N', says: "worker processes; without: the file's, else one per core" },
  'trusted-proxy': { takes: 'CIDR', repeats: true, says: 'whose X-Forwarded-For counts' },
  edge: { takes: 'NAME', says: 'name of this edge in logs and control; without: the host name' },
  'access-log': { takes: 'FILE|stdout', says: "a line of JSON per request; without: the file's, else none" },
  clickhouse: { takes: 'URL', says: 'use this ClickHouse server instead of the embedded one' },
  'factory-every': { takes: 'S', says: 'seconds between two feature files; without: 300, for the demo 15' },
};

/** The error is a sentence for the person who typed the flags. */
export function upOptions(values: Values): Result<UpOptions, string> {
  const { data, config, origin } = values as Readonly<Record<string, string | undefined>>;
  const parsed = <T>(name: string, parse: (flag: string, text: string) => T): T | undefined => {
    const text = textOf(values, name);
    return text === undefined ? undefined : parse(`--${name}`, text);
  };
  if (origin !== undefined && config !== undefined)
    return err('--origin and --config exclude each other: the file names the origins itself');
  try {
    return ok({
      data: data!,
      configPath: config,
      origin,
      listen: parsed('listen', parseHostPort),
      controlListen: parsed('control-listen', parseHostPort),
      workers: parsed('workers', parseWorkers),
      trustedProxies: textsOf(values, 'trusted-proxy'),
      edge: textOf(values, 'edge'),
      accessLog: parsed('access-log', (_, text) => parseAccessLog(text)),
      clickhouseUrl: textOf(values, 'clickhouse'),
      factoryEveryS: parsed('factory-every', (flag, text) => parseWhole(flag, text, 1, 86_400)),
    });
  } catch (error) {
    return err((error as Error).message);
  }
}

export function parseWorkers(flag: string, text: string): number {
  return parseWhole(flag, text, 1, 256);
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
