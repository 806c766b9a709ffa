import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, afterEach, test } from 'node:test';
import { site, startOrigin, Undo } from './harness.ts';
import { rssOf, startWorkerProcess, type WorkerProcess } from './workerProcess.ts';

/*
 * 1 GiB each way with a reader that is slower than the writer; CI moves a share of it. HOLDFAST_BIG_BODY_MIB=1024 is the
 * whole. Memory is what shows: a proxy that buffers grows by what the reader lags behind.
 */
const bodyMib = Number(process.env.HOLDFAST_BIG_BODY_MIB ?? 128);
const bodyBytes = bodyMib * 2 ** 20;
const rssGrowthMax = 32 * 2 ** 20;
const piece = Buffer.alloc(64 << 10, 'a');

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** Highest resident memory while `work` runs, above what it was before. */
async function growthDuring(worker: WorkerProcess, work: () => Promise<void>): Promise<number> {
  const before = rssOf(worker.pid);
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, rssOf(worker.pid));
  }, 20);
  await work();
  clearInterval(timer);
  return highest - before;
}

/** Reads with pauses: 4 MiB, then 5 ms of nothing. */
function slowly(stream: NodeJS.ReadableStream, onBytes: (bytes: number) => void): void {
  let sincePause = 0;
  stream.on('data', (chunk: Buffer) => {
    onBytes(chunk.length);
    sincePause += chunk.length;
    if (sincePause < 4 << 20) return;
    sincePause = 0;
    stream.pause();
    setTimeout(() => stream.resume(), 5);
  });
}

async function send(stream: NodeJS.WritableStream): Promise<void> {
  for (let sent = 0; sent < bodyBytes; sent += piece.length) {
    if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
}

async function arrange() {
  const { url } = await startOrigin(undo, (incoming, response) => {
    if (incoming.method === 'GET') {
      response.writeHead(200, { 'Content-Length': bodyBytes });
      void send(response);
      return;
    }
    let received = 0;
    slowly(incoming, (bytes) => {
      received += bytes;
    });
    incoming.on('end', () => response.end(String(received)));
  });
  const worker = await startWorkerProcess(undo, { schema: 1, sites: [site(url)] });
  // What the first requests load stays loaded.
  for (let round = 0; round < 200; round++) await fetch(`http://127.0.0.1:${worker.port}/.holdfast/trace`);
  return worker;
}

test(`${bodyMib} MiB down to a slow reader: resident memory grows by 32 MiB at most`, {
  timeout: 300_000,
}, async () => {
  const worker = await arrange();
  let received = 0;
  const growth = await growthDuring(worker, async () => {
    await new Promise<void>((resolve, reject) => {
      const asked = request({ port: worker.port, host: '127.0.0.1', path: '/' }, (response) => {
        slowly(response, (bytes) => {
          received += bytes;
        });
        response.on('end', resolve);
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  });
  console.log(`down: ${bodyMib} MiB, resident memory +${(growth / 2 ** 20).toFixed(1)} MiB`);
  assert.equal(received, bodyBytes);
  assert.ok(growth <= rssGrowthMax, `+${growth} bytes`);
});

test(`${bodyMib} MiB up to a slow origin: resident memory grows by 32 MiB at most`, { timeout: 300_000 }, async () => {
  const worker = await arrange();
  let answer = '';
  const growth = await growthDuring(worker, async () => {
    await new Promise<void>((resolve, reject) => {
      const options = { port: worker.port, host: '127.0.0.1', path: '/', method: 'POST' };
      const asked = request(options, (response) => {
        response.on('data', (chunk: Buffer) => {
          answer += chunk.toString();
        });
        response.on('end', resolve);
      });
      asked.on('error', reject);
      void send(asked);
    });
  });
  console.log(`up: ${bodyMib} MiB, resident memory +${(growth / 2 ** 20).toFixed(1)} MiB`);
  assert.equal(answer, String(bodyBytes));
  assert.ok(growth <= rssGrowthMax, `+${growth} bytes`);
});
