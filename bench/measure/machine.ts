import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** What a figure is worth nothing without. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Commit of Holdfast; with `+` when files differ from it. */
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
}

const commands: Readonly<Record<string, readonly string[]>> = {
  haproxy: ['haproxy', '-v'],
  nginx: ['nginx', '-v'],
  caddy: ['caddy', 'version'],
  varnish: ['varnishd', '-V'],
  wrk: ['wrk', '-v'],
  h2load: ['h2load', '--version'],
};
const packages = ['http-proxy-3', 'httpxy', '@fastify/http-proxy', 'fastify'];

export function describeMachine(): Machine {
  const versions: Record<string, string> = { node: process.version.slice(1) };
  for (const [name, [command, ...args]] of Object.entries(commands)) versions[name] = versionOf(command!, args);
  for (const name of packages) versions[name] = packageVersion(name);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    commit: commit(),
    versions,
  };
}

export function machineText({ processor, cores, memoryGiB, kernel, commit, versions }: Machine): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}; Holdfast ${commit}; ${list.join(', ')}`;
}

/** The first thing in its words that looks like one. */
function versionOf(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 5_000 });
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'missing';
}

function packageVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
      if (manifest.name === name && manifest.version !== undefined) return manifest.version;
    } catch {
      // Further up.
    }
    if (dirname(folder) === folder) return 'missing';
    folder = dirname(folder);
  }
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    );
  } catch {
    return 'unknown';
  }
}
