import { readFileSync } from 'node:fs';
import { connect, createSecureContext } from 'node:tls';
import type { NewConnectionsCount, NewConnectionsStart } from './newConnections.ts';

/* Opens connection after connection, sixteen at a time; prints a NewConnectionsCount. */

const concurrency = 16;
const { port, seconds, headsPath } = JSON.parse(process.argv[2]!) as NewConnectionsStart;
const heads = JSON.parse(readFileSync(headsPath, 'utf8')) as string[];
const secureContext = createSecureContext();
const endMs = performance.now() + seconds * 1_000;
let next = 0;
let requests = 0;
let failures = 0;
let firstFailure: string | null = null;

await Promise.all(Array.from({ length: concurrency }, keepAsking));
const count: NewConnectionsCount = { requests, failures, firstFailure };
console.log(JSON.stringify(count));

async function keepAsking(): Promise<void> {
  while (performance.now() < endMs) {
    try {
      await askOnce(heads[next++ % heads.length]!);
      requests++;
    } catch (error) {
      failures++;
      firstFailure ??= (error as Error).message;
    }
  }
}

function askOnce(head: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', servername: 'shop.example', rejectUnauthorized: false, secureContext };
    const socket = connect(options, () => {
      if (socket.isSessionReused()) reject(new Error('the session was resumed: this is no new connection'));
      socket.write(head, 'latin1');
    });
    let answer = '';
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer within 5 s')));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (!isWhole(answer)) return;
      if (!answer.startsWith('HTTP/1.1 200 ')) reject(new Error(answer.slice(0, answer.indexOf('\r\n'))));
      socket.end();
      resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without a whole answer')));
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, end))?.[1];
  if (length === undefined) return answer.endsWith('\r\n0\r\n\r\n');
  return answer.length >= end + 4 + Number(length);
}
