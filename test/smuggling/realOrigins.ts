import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Undo } from '../edge/harness.ts';
import { freePort, requestOf, startNodeServer, startProgram, type TracedServer } from './tracedServer.ts';

/*
 * The servers that people run. Each answers /now by itself, at once, and hands /read to a Node server behind it, which
 * reads the body first. `isLenient`: told to take what it would otherwise refuse, as some have to.
 */

export async function startOrigins(undo: Undo, isLenient: boolean): Promise<TracedServer[]> {
  return [
    await startNodeServer(undo, isLenient),
    await startNginx(undo, isLenient),
    await startApache(undo, isLenient),
    await startHaproxy(undo, isLenient),
  ];
}

async function startNginx(undo: Undo, isLenient: boolean): Promise<TracedServer> {
  const { folder, port, behind } = await setUp(undo, isLenient);
  const configuration = `
daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  log_format lines '$request';
  access_log ${folder}/log lines;
  client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  keepalive_requests 100000;
  server {
    listen 127.0.0.1:${port};
    ${isLenient ? 'ignore_invalid_headers off; underscores_in_headers on; merge_slashes off;' : ''}
    location / { add_header X-Path $request_uri always; return 200 ok; }
    location /read { proxy_pass http://127.0.0.1:${behind.port}; proxy_request_buffering off; }
  }
}`;
  const path = join(folder, 'nginx.conf');
  writeFileSync(path, configuration);
  const { stop } = await startProgram(undo, 'nginx', ['-c', path, '-p', folder], port, 'SIGTERM');
  return program(
    isLenient ? 'nginx, lenient' : 'nginx',
    port,
    stop,
    () => readFileSync(join(folder, 'log'), 'latin1'),
    behind,
  );
}

async function startApache(undo: Undo, isLenient: boolean): Promise<TracedServer> {
  const { folder, port, behind } = await setUp(undo, isLenient);
  const modules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http'];
  const configuration = `
ServerRoot ${folder}
ServerName origin.example
PidFile ${folder}/pid
Mutex fcntl:${folder}
ErrorLog ${folder}/errors
LogLevel crit
Listen 127.0.0.1:${port}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${userInfo().uid === 0 ? 'User nobody\nGroup nogroup' : ''}
StartServers 1
ThreadsPerChild 64
ServerLimit 2
MaxRequestWorkers 128
KeepAlive On
KeepAliveTimeout 60
MaxKeepAliveRequests 0
HttpProtocolOptions ${isLenient ? 'Unsafe LenientMethods Allow0.9' : 'Strict'}
LogFormat "%r" lines
CustomLog ${folder}/log lines
DocumentRoot ${folder}/www
Header always set X-Path "expr=%{REQUEST_URI}"
ProxyPass /read http://127.0.0.1:${behind.port}/read
`;
  mkdirSync(join(folder, 'www'));
  const path = join(folder, 'apache.conf');
  writeFileSync(path, configuration);
  const { stop } = await startProgram(undo, 'apache2', ['-D', 'FOREGROUND', '-f', path], port, 'SIGTERM');
  return program(
    isLenient ? 'apache, lenient' : 'apache',
    port,
    stop,
    () => readFileSync(join(folder, 'log'), 'latin1'),
    behind,
  );
}

/** It answers nothing by itself. */
async function startHaproxy(undo: Undo, isLenient: boolean): Promise<TracedServer> {
  const { folder, port, behind } = await setUp(undo, isLenient);
  const configuration = `
global
  log stdout len 8192 format raw local0
defaults
  mode http
  log global
  option dontlognull
  log-format "%HM %HU %ST %Tt"
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  ${isLenient ? 'option accept-invalid-http-request\n  option accept-invalid-http-response' : ''}
frontend visitors
  bind 127.0.0.1:${port}
  default_backend origin
backend origin
  http-reuse always
  server one 127.0.0.1:${behind.port}
`;
  const path = join(folder, 'haproxy.cfg');
  writeFileSync(path, configuration);
  const { stop, output } = await startProgram(undo, 'haproxy', ['-db', '-f', path], port, 'SIGTERM');
  return program(isLenient ? 'haproxy, lenient' : 'haproxy', port, stop, output, behind);
}

async function setUp(undo: Undo, isLenient: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-origin-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, port: await freePort(), behind: await startNodeServer(undo, isLenient) };
}

function program(
  name: string,
  port: number,
  stop: () => Promise<void>,
  log: () => string,
  behind: TracedServer,
): TracedServer {
  const finish = async () => {
    await stop();
    const lines = log()
      .split('\n')
      .filter((line) => line !== '');
    const [last] = await behind.finish();
    return [
      { name, read: lines.map(requestOf) },
      { name: `node behind ${name}`, read: last!.read },
    ];
  };
  return { name, port, finish };
}
