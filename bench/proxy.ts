/*
 * CPU per proxied request of one worker: `node tools/node.js bench/proxy.ts [--rules N] [--bare] [--seconds S] [--profile]`.
 * nginx as the origin and wrk on core 0, the worker alone on core 1; the figure is the worker's CPU time over the requests
 * that wrk counted. `--bare` switches bots and rules off. `--profile` leaves a .cpuprofile in the current folder.
 * Needs wrk, nginx and taskset (apt install wrk nginx-light util-linux).
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Rule } from '../src/contract/sitesFile.ts';
import { site, Undo } from '../test/edge/harness.ts';
import { rssOf, startWorkerProcess } from '../test/edge/workerProcess.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '20' },
    bare: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    profile: { type: 'boolean', default: false },
  },
});
const undo = new Undo();
try {
  await main();
} finally {
  await undo.run();
}

async function main(): Promise<void> {
  const origin = await startNginx();
  const rules = Array.from({ length: Number(values.rules) }, (_, index) => ruleOf(index));
  const sites = { schema: 1 as const, sites: [site(origin, values.bare ? [] : rules)] };
  const flags = values.profile ? ['--cpu-prof'] : [];
  const worker = await startWorkerProcess(undo, sites, { logSocket: null, nodeFlags: flags });
  execFileSync('taskset', ['-a', '-p', '-c', '1', String(worker.pid)], { stdio: 'ignore' });
  if (values.bare) {
    const versions = { features: 0, model: 0, sites: 1 };
    worker.send({ type: 'activate', id: 1, versions, localKilled: ['bots', 'rules'] });
    await worker.next('activated');
  }
  await wrk(worker.port, 2);
  const figures: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const before = cpuSecondsOf(worker.pid);
    const requests = await wrk(worker.port, Number(values.seconds));
    const us = ((cpuSecondsOf(worker.pid) - before) * 1e6) / requests;
    figures.push(us);
    console.log(
      `${requests} requests, ${us.toFixed(1)} µs of CPU each, ${(rssOf(worker.pid) / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  figures.sort((one, other) => one - other);
  const spread = `${figures[0]!.toFixed(1)}–${figures.at(-1)!.toFixed(1)}`;
  console.log(
    `median ${figures[figures.length >> 1]!.toFixed(1)} µs (${spread}), ${values.bare ? 'bare' : `${rules.length} rules`}`,
  );
  if (!values.profile) return;
  worker.send({ type: 'drain', deadlineMs: 500 });
  await worker.exited;
}

function ruleOf(index: number): Rule {
  const when = [
    'bot.score < 5 && request.path.startsWith("/never")',
    'request.headers["user-agent"].contains("nobody")',
    'request.method == "PATCH" && bot.score < 30',
  ][index % 3]!;
  return { name: `rule ${index}`, when, then: { action: 'log' }, dryRun: false, whenAbsent: 'never-block' };
}

/** Sends the heads of a browser, as a browser would. */
async function wrk(port: number, seconds: number): Promise<number> {
  const headers = [
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-US,en;q=0.5',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Cookie: sid=0123456789abcdef',
    'Upgrade-Insecure-Requests: 1',
  ].flatMap((header) => ['-H', header]);
  const args = ['-c', '0', 'wrk', '-t1', '-c64', `-d${seconds}s`, ...headers, `http://127.0.0.1:${port}/`];
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  const failed = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(said)?.[0];
  if (failed !== undefined) console.log(failed);
  return Number(/(\d+) requests in/.exec(said)?.[1] ?? 0);
}

async function startNginx(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const body = 'x'.repeat(130);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server { listen 127.0.0.1:${port}; location / { return 200 "${body}"; } } }`,
  );
  const child = spawn('taskset', ['-c', '0', 'nginx', '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  undo.add(() => {
    child.kill('SIGTERM');
    return new Promise((resolve) => child.once('exit', resolve));
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return `http://127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** User and system time of a process so far; the kernel counts in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
