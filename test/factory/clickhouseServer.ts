import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's clickhouse-server as a child process in a temporary folder, on free ports of 127.0.0.1. */
export interface ClickHouseServer {
  /** URL of the user that may do everything. */
  readonly adminUrl: string;
  /** URL of a user that sees the databases last given to `grant` (at first `default`). */
  readonly readerUrl: string;
  readonly pid: number;
  grant(databases: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Why there is no such server here; null when there is one. */
export function whyNoServer(): string | null {
  const { error } = spawnSync('clickhouse-server', ['--help'], { stdio: 'ignore' });
  return error === undefined ? null : "needs Debian's ClickHouse server: apt-get install clickhouse-server";
}

export async function startClickHouseServer(): Promise<ClickHouseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clickhouse-'));
  const [http, tcp, interserver] = [await freePort(), await freePort(), await freePort()];
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'tmp'));
  writeFileSync(join(folder, 'config.xml'), configXml(folder, http, tcp, interserver));
  const allow = (databases: readonly string[]) => writeFileSync(join(folder, 'users.xml'), usersXml(databases));
  allow(['default']);
  const child = spawn('clickhouse-server', [`--config-file=${join(folder, 'config.xml')}`], { stdio: 'ignore' });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const adminUrl = `http://127.0.0.1:${http}`;
  try {
    await answering(adminUrl, child);
  } catch (error) {
    const errors = readFileSync(join(folder, 'errors.log'), 'utf8').slice(-2_000);
    await stop();
    throw new Error(`${(error as Error).message}\n${errors}`);
  }
  const grant = async (databases: readonly string[]) => {
    allow(databases);
    // The server's own watch looks every two seconds at a time in whole seconds; two changes in one go unseen.
    const answer = await fetch(adminUrl, { method: 'POST', body: 'SYSTEM RELOAD CONFIG' });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return { adminUrl, readerUrl: `http://reader@127.0.0.1:${http}`, pid: child.pid as number, grant, stop };
}

function configXml(folder: string, http: number, tcp: number, interserver: number): string {
  const shard = (database: string) =>
    `<shard><replica><default_database>${database}</default_database><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`;
  return `<yandex>
  <logger><level>warning</level><log>${folder}/server.log</log><errorlog>${folder}/errors.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
  <interserver_http_port>${interserver}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <users_config>${folder}/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>100000000</mark_cache_size>
  <remote_servers><holdfast>${['r0', 'r1', 'r2'].map(shard).join('')}</holdfast></remote_servers>
</yandex>
`;
}

function usersXml(databases: readonly string[]): string {
  const user = (inner: string) =>
    `<password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>${inner}`;
  const allowed = databases.map((database) => `<database>${database}</database>`).join('');
  return `<yandex>
  <profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
  <quotas><default/></quotas>
  <users>
    <default>${user('')}</default>
    <reader>${user(`<allow_databases>${allowed}</allow_databases>`)}</reader>
  </users>
</yandex>
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`clickhouse-server ended with ${child.exitCode}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('clickhouse-server did not answer within 20 s');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
