import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Undo } from '../edge/harness.ts';

/** An origin that answers each request with its path in `X-Path`, and remembers the first lines of those that it read. */
export interface TracedServer {
  readonly name: string;
  readonly port: number;
  /** Ends it, and tells what it and whatever stands behind it read: `METHOD target`, or what it made of rubbish. */
  finish(): Promise<readonly TracedReader[]>;
}

export interface TracedReader {
  readonly name: string;
  readonly read: readonly string[];
}

/** Node's own server. `isLenient`: with `insecureHTTPParser`. */
export async function startNodeServer(undo: Undo, isLenient: boolean): Promise<TracedServer> {
  const name = isLenient ? 'node, lenient' : 'node';
  const read: string[] = [];
  const server = createServer({ insecureHTTPParser: isLenient, keepAliveTimeout: 60_000 }, (request, response) => {
    const { method, url = '' } = request;
    read.push(`${method} ${url}`);
    const answer = () => response.writeHead(200, { 'x-path': url }).end('ok\n');
    if (url.startsWith('/now')) answer();
    else request.on('end', answer);
    request.resume();
  });
  server.on('connect', ({ method, url }, socket) => {
    read.push(`${method} ${url}`);
    socket.end();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Half a message: the proxy ended the connection because its visitor did.
    if (error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE')
      read.push(`rubbish: ${error.code}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  undo.add(close);
  const finish = async () => {
    await close();
    return [{ name, read }];
  };
  return { name, port: (server.address() as AddressInfo).port, finish };
}

/** A server that is a program: started, waited for until it takes connections, and ended by `stopSignal`. */
export async function startProgram(
  undo: Undo,
  command: string,
  args: readonly string[],
  port: number,
  stopSignal: NodeJS.Signals,
): Promise<{ readonly output: () => string; readonly stop: () => Promise<void> }> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  let errors = '';
  child.stdout!.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  child.stderr!.setEncoding('latin1').on('data', (text: string) => {
    errors = (errors + text).slice(-4_000);
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill(stopSignal);
    // Its own children, too: they would outlive it.
    const killer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 5_000);
    await closed;
    clearTimeout(killer);
  };
  undo.add(stop);
  for (const deadline = performance.now() + 10_000; !(await takesConnections(port)); await sleep(20)) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${command} does not start: ${errors}`);
  }
  return { output: () => output, stop };
}

export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Why a program cannot be run here; undefined: it can. With `CI=true` that is no excuse. */
export function missingProgram(...commands: readonly string[]): string | undefined {
  const missing = commands.filter((command) => spawnSync(command, ['-v']).error !== undefined);
  if (missing.length === 0 || process.env.CI === 'true') return undefined;
  return `${missing.join(', ')} missing: sudo tools/install-test-tools.sh --yes`;
}

/** The first two words of a request line out of a log that escapes octets as `\xhh`, `#hh`, `\"` and `\\`. */
export function requestOf(line: string): string {
  const text = line.replaceAll(/\\x([0-9a-fA-F]{2})|\\(["\\])/g, (_, hex: string | undefined, sign: string) =>
    hex === undefined ? sign : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const words = text.split(' ');
  return words.length < 2 ? `rubbish: ${text}` : `${words[0]} ${words[1]}`;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
