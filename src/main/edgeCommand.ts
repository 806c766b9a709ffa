import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { ensureKeys } from '../bundles/index.ts';
import { textOf, textsOf } from '../cli/terminal/arguments.ts';
import { exitCodes, type Io } from '../cli/terminal/io.ts';
import type { Asked, Values } from '../cli/terminal/verb.ts';
import { parseAccessLog, parseAdminListen, parseHostPort, parseWorkerMemory, parseWorkers } from '../cli/upOptions.ts';
import { readConfig } from '../config/index.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { systemDisk } from '../kernel/disk.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { verifiedBotsOptions } from './processes/verifiedBotsOptions.ts';

/** `holdfast edge`: becomes the supervisor's process (same pid), so that a service manager watches the right one. */
export async function edgeCommand({ values }: Asked, io: Io): Promise<number> {
  process.umask(0o077); // Logs and bundles are nobody else's to read.
  let options: EdgeOptions;
  try {
    options = readEdgeOptions(values);
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
function readEdgeOptions(values: Values): EdgeOptions {
  const { config: configPath, origin } = values as Readonly<Record<string, string | undefined>>;
  const parsed = <T>(name: string, parse: (flag: string, text: string) => T): T | undefined => {
    const text = textOf(values, name);
    return text === undefined ? undefined : parse(`--${name}`, text);
  };
  if ((configPath === undefined) === (origin === undefined))
    throw new Error('give either --config FILE or --origin URL');
  const config = configPath === undefined ? undefined : readConfig(readFileSync(configPath, 'utf8'));
  if (config !== undefined && !config.ok) {
    const problems = config.error.map(
      (problem) => `${configPath}:${problem.line}:${problem.column}: ${problem.message}`,
    );
    throw new Error(`the configuration has problems:\n${problems.join('\n')}`);
  }
  const workers = parsed('workers', parseWorkers) ?? config?.value.workers ?? availableParallelism();
  const adminListen = parsed('admin-listen', parseAdminListen) ?? config?.value.adminListen;
  const memoryMiBMax = parsed('worker-memory-max', parseWorkerMemory) ?? config?.value.workerMemoryMiBMax;
  const accessLog = parsed('access-log', (_, text) => parseAccessLog(text)) ?? config?.value.accessLog;
  const listen = parsed('listen', parseHostPort);
  const control = textOf(values, 'control');
  const folder = dataFolder(values.data as string);
  const tokenFile = textOf(values, 'control-token-file') ?? folder.controlToken;
  return {
    data: folder.root,
    edge: textOf(values, 'edge') ?? hostname(),
    listen: listen ?? config?.value.listen ?? { host: '127.0.0.1', port: 8080 },
    ...(config === undefined || listen !== undefined
      ? {}
      : { listenAs: config.value.listenAs ?? {}, listeners: config.value.listeners ?? [] }),
    workers,
    trustedProxies: [...textsOf(values, 'trusted-proxy'), ...(config?.value.trustedProxies ?? [])],
    sites: configPath === undefined ? { origin: origin! } : { configPath },
    control: control === undefined ? null : { url: control, tokenFile: resolve(tokenFile) },
    ...(adminListen === undefined ? {} : { adminListen }),
    ...(memoryMiBMax === undefined ? {} : { workerMemoryMiBMax: memoryMiBMax }),
    ...(accessLog === undefined ? {} : { accessLog }),
    verifiedBots: verifiedBotsOptions(config?.value),
    logSocket: values['no-log'] === true ? null : folder.logSocket,
  };
}
