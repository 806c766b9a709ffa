import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureKeys } from '../bundles/index.ts';
import { exitCodes, type Io } from '../cli/terminal/io.ts';
import { parseAccessLog, parseAdminListen, parseHostPort, parseWorkerMemory } from '../cli/upOptions.ts';
import { readConfig } from '../config/index.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import { type EdgeOptions, workerMemoryMiBMaxDefault } from '../contract/edgeOptions.ts';
import { systemDisk } from '../kernel/disk.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { verifiedBotsOptions } from './processes/verifiedBotsOptions.ts';

const usage = `usage: holdfast edge (--config FILE | --origin URL) [options]
       holdfast edge status [--data DIR] [--json]

Starts an edge alone: supervisor, agent and workers. With control it takes features, model and switches from there;
without, it serves from last good and takes local commands.

  --config FILE | --origin URL   the sites of this edge
  --data DIR                     default ./.holdfast
  --listen HOST:PORT             default: the file's, else 127.0.0.1:8080
  --workers N                    default: one per core
  --trusted-proxy CIDR           may be repeated
  --edge NAME                    default: the host name
  --control URL                  control's address; its token is read from --control-token-file
  --control-token-file FILE      default: DIR/control/token
  --admin-listen HOST:PORT       the admin socket on a loopback address, too; default: the file's, else DIR/run/admin.sock alone
  --worker-memory-max MIB        a worker that holds more is replaced; default: the file's, else ${workerMemoryMiBMaxDefault}
  --access-log FILE|stdout       a line of JSON per request; default: the file's, else none
  --no-log                       no request log: no record is made for a factory
`;

/** `holdfast edge`: becomes the supervisor's process (same pid), so that a service manager watches the right one. */
export async function edgeCommand(args: readonly string[], io: Io): Promise<number> {
  if (args[0] === 'status') return (await import('../cli/edgeStatus.ts')).edgeStatus(args.slice(1), io);
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(usage);
    return exitCodes.done;
  }
  process.umask(0o077); // Logs and bundles are nobody else's to read.
  let options: EdgeOptions;
  try {
    options = readEdgeOptions(args);
  } catch (error) {
    io.stderr.write(`holdfast edge: ${(error as Error).message}\n`);
    return exitCodes.usage;
  }
  const folder = dataFolder(options.data);
  for (const path of [folder.keys, folder.edge, folder.run]) mkdirSync(path, { recursive: true });
  ensureKeys(folder, systemDisk);
  const supervisor = siblingEntry(import.meta.url, './supervisor');
  process.execve?.(process.execPath, [process.execPath, supervisor, JSON.stringify(options)], process.env);
  throw new Error('this Node cannot replace its own process; start Holdfast with bin/holdfast.js');
}

/** Throws an Error with a sentence for the person who typed the flags. */
function readEdgeOptions(args: readonly string[]): EdgeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      origin: { type: 'string' },
      data: { type: 'string', default: './.holdfast' },
      listen: { type: 'string' },
      workers: { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true, default: [] },
      edge: { type: 'string' },
      control: { type: 'string' },
      'control-token-file': { type: 'string' },
      'admin-listen': { type: 'string' },
      'worker-memory-max': { type: 'string' },
      'access-log': { type: 'string' },
      'no-log': { type: 'boolean', default: false },
    },
  });
  const { config: configPath, origin } = values;
  if ((configPath === undefined) === (origin === undefined))
    throw new Error('give either --config FILE or --origin URL');
  const config = configPath === undefined ? undefined : readConfig(readFileSync(configPath, 'utf8'));
  if (config !== undefined && !config.ok) {
    const problems = config.error.map(
      (problem) => `${configPath}:${problem.line}:${problem.column}: ${problem.message}`,
    );
    throw new Error(`the configuration has problems:\n${problems.join('\n')}`);
  }
  const workers =
    values.workers === undefined ? (config?.value.workers ?? availableParallelism()) : Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 256)
    throw new Error('--workers wants a whole number from 1 to 256');
  const adminListen =
    values['admin-listen'] === undefined
      ? config?.value.adminListen
      : parseAdminListen('--admin-listen', values['admin-listen']);
  const memoryMiBMax =
    values['worker-memory-max'] === undefined
      ? config?.value.workerMemoryMiBMax
      : parseWorkerMemory('--worker-memory-max', values['worker-memory-max']);
  const accessLog = values['access-log'] === undefined ? config?.value.accessLog : parseAccessLog(values['access-log']);
  const folder = dataFolder(values.data);
  const tokenFile = values['control-token-file'] ?? folder.controlToken;
  return {
    data: folder.root,
    edge: values.edge ?? hostname(),
    listen:
      values.listen === undefined
        ? (config?.value.listen ?? { host: '127.0.0.1', port: 8080 })
        : parseHostPort('--listen', values.listen),
    ...(config === undefined || values.listen !== undefined
      ? {}
      : { listenAs: config.value.listenAs ?? {}, listeners: config.value.listeners ?? [] }),
    workers,
    trustedProxies: [...values['trusted-proxy'], ...(config?.value.trustedProxies ?? [])],
    sites: configPath === undefined ? { origin: origin! } : { configPath },
    control: values.control === undefined ? null : { url: values.control, tokenFile: resolve(tokenFile) },
    ...(adminListen === undefined ? {} : { adminListen }),
    ...(memoryMiBMax === undefined ? {} : { workerMemoryMiBMax: memoryMiBMax }),
    ...(accessLog === undefined ? {} : { accessLog }),
    verifiedBots: verifiedBotsOptions(config?.value),
    logSocket: values['no-log'] ? null : folder.logSocket,
  };
}
