import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { certificateFolder, makeCertificate } from '../edge/certificateFiles.ts';
import { Undo } from '../edge/harness.ts';
import { type RealEdge, startRealEdge } from './realEdge.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** docs/config.md: a changed file is shown to new connections within this time; some for a machine that has much to do. */
const shownWithinMs = 5_000 + 3_000;

/** New connections over both protocols, and kept ones, until it is stopped. */
class TlsLoad {
  readonly failures: string[] = [];
  requests = 0;
  handshakes = 0;
  readonly #port: number;
  readonly #lanes: Promise<void>[];
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
    const kept = new Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false });
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    session.on('error', (error) => this.failures.push(`kept HTTP/2: ${error.message}`));
    undo.add(() => session.destroy());
    undo.add(() => kept.destroy());
    this.#lanes = [
      this.#lane('kept HTTP/1.1', 20, () => this.#askHttp1(kept)),
      this.#lane('kept HTTP/2', 20, () => askHttp2(session)),
      this.#lane('new HTTP/1.1', 20, () => {
        this.handshakes += 1;
        return this.#askHttp1(new Agent({ rejectUnauthorized: false, maxCachedSessions: 0 }));
      }),
      this.#lane('new HTTP/2', 20, async () => {
        this.handshakes += 1;
        const fresh = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
        const failed = new Promise<never>((_, reject) => fresh.on('error', reject));
        try {
          return await Promise.race([askHttp2(fresh), failed]);
        } finally {
          failed.catch(() => {});
          fresh.close();
        }
      }),
    ];
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
  }

  async #lane(name: string, pauseMs: number, ask: () => Promise<number>): Promise<void> {
    while (!this.#isOver) {
      this.requests += 1;
      try {
        const status = await ask();
        if (status !== 200) this.failures.push(`${name}: ${status}`);
      } catch (error) {
        this.failures.push(`${name}: ${(error as Error).message}`);
      }
      await sleep(pauseMs);
    }
  }

  #askHttp1(agent: Agent): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.#port, path: '/', agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode!));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  }
}

function askHttp2(session: ReturnType<typeof connectHttp2>): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/', ':authority': 'shop.example' });
    let status = 0;
    stream.on('response', (head) => {
      status = Number(head[':status']);
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(status));
    stream.resume();
  });
}

/** The names in the certificate that a new connection is shown. */
function shownNames(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Several connections in a row, so that each worker was asked. */
async function isShown(port: number, name: string): Promise<boolean> {
  for (let time = 0; time < 8; time++) if ((await shownNames(port)) !== `DNS:${name}`) return false;
  return true;
}

function problems(edge: RealEdge, worker: number): number {
  const isProblem = ({ process, message }: RealEdge['log'][number]) =>
    process === `worker ${worker}` && message?.includes('certificate not used');
  return edge.log.filter(isProblem).length;
}

test('certificates are replaced under load, by good, broken and foreign ones: no request fails', async () => {
  const folder = certificateFolder(undo);
  const certificates = [makeCertificate(folder, 'shop', ['first.example'])];
  const { certificatePath, keyPath } = certificates[0]!;
  const edge = await startRealEdge({ workers: 2, options: { listenAs: { tls: { certificates, http2: true } } } });
  undo.add(() => edge.stop());
  await edge.until('the workers run the site', async () => {
    const { workers } = await edge.status();
    return workers.length === 2 && workers.every(({ versions }) => versions?.sites === 1);
  });
  assert.ok(await isShown(edge.port, 'first.example'));
  const load = new TlsLoad(edge.port);
  undo.add(() => load.stop());

  makeCertificate(folder, 'shop', ['second.example']);
  await edge.until('the second one is shown', () => isShown(edge.port, 'second.example'), shownWithinMs);

  writeFileSync(certificatePath, readFileSync(certificatePath).subarray(0, 300));
  await edge.until('a broken one is reported', () => [1, 2].every((slot) => problems(edge, slot) === 1), shownWithinMs);
  assert.ok(await isShown(edge.port, 'second.example'));

  makeCertificate(folder, 'third', ['third.example']);
  copyFileSync(`${folder}/third.pem`, certificatePath);
  await edge.until('one of another key is reported', () => [1, 2].every((slot) => problems(edge, slot) === 2), 15_000);
  assert.ok(await isShown(edge.port, 'second.example'));

  copyFileSync(`${folder}/third.key`, keyPath);
  await edge.until('with its key it is shown', () => isShown(edge.port, 'third.example'), shownWithinMs);

  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.ok(load.requests > 400 && load.handshakes > 100, `${load.requests} requests, ${load.handshakes} handshakes`);
  const dates = execFileSync('openssl', ['x509', '-in', certificatePath, '-noout', '-subject'], { encoding: 'utf8' });
  assert.match(dates, /third\.example/);
});
