import { request as requestPlain } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export type Scheme = 'http' | 'https' | 'h2';

export interface Asked {
  readonly port: number;
  readonly scheme: Scheme;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a POST. */
  readonly body?: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One request on a connection of its own. Rejects when there is no whole answer within five seconds. */
export function ask(asked: Asked): Promise<Answer> {
  return asked.scheme === 'h2' ? askHttp2(asked) : askHttp1(asked);
}

/** Asks until the answer is 200; `isOver` ends the wait early. Rejects after 20 seconds. */
export async function untilAnswered(asked: Asked, isOver: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  let last = 'no answer';
  while (!isOver() && performance.now() < endMs) {
    try {
      const { status } = await ask(asked);
      if (status === 200) return;
      last = `status ${status}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(5);
  }
  throw new Error(isOver() ? 'it ended' : `not ready within 20 s: ${last}`);
}

/** The body of an answer over a unix socket. */
export function askSocket(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = requestPlain({ socketPath, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function askHttp1({ port, scheme, path, headers, body }: Asked): Promise<Answer> {
  const send = scheme === 'https' ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: headersOf(headers, body), agent: false, timeout: 5_000 };
    const tls = { rejectUnauthorized: false, servername: 'shop.example' };
    const sent = send({ ...options, ...tls, method: body ? 'POST' : 'GET' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 5 s')));
    sent.on('error', reject);
    sent.end(body);
  });
}

function askHttp2({ port, path, headers }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
      servername: 'shop.example',
    });
    session.on('error', reject);
    session.setTimeout(5_000, () => session.destroy(new Error('no answer within 5 s')));
    const stream = session.request({ ':path': path, ':authority': 'shop.example', ...headers });
    let status = 0;
    const chunks: Buffer[] = [];
    stream.on('response', (response) => {
      status = response[':status'] ?? 0;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      session.close();
      resolve({ status, body: Buffer.concat(chunks) });
    });
    stream.on('error', reject);
    stream.end();
  });
}

function headersOf(headers: Asked['headers'], body: Buffer | undefined): Record<string, string> {
  return { Host: 'shop.example', ...headers, ...(body ? { 'Content-Length': String(body.length) } : {}) };
}
