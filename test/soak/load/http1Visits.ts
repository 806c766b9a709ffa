import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { isPieceOfBody, startOfBody } from './body.ts';
import type { Visit, World } from './world.ts';

interface Ask {
  readonly isTls?: boolean;
  /** A connection of its own. */
  readonly isNew?: boolean;
  readonly path?: string;
  readonly host?: string;
}

interface Answered {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
}

const textCharactersMax = 200;
/** A machine that stands still for a moment is no failure of the edge. */
const answerMsMax = 60_000;

export function get(what: Ask & { readonly bytes?: number }): Visit {
  return async (world) => {
    const { status, bytes } = await exchange(world, what, 'GET', (sent) => sent.end());
    if (status !== 200) throw new Error(`status ${status}`);
    if (what.bytes !== undefined && bytes !== what.bytes) throw new Error(`${bytes} of ${what.bytes} bytes`);
  };
}

/** A body at once or in chunks, whose checksum the origin says. */
export function post(what: Ask & { readonly bytes: number; readonly isChunked?: boolean }): Visit {
  return async (world) => {
    const body = startOfBody(what.bytes);
    const { status, text } = await exchange(world, what, 'POST', (sent) => {
      if (what.isChunked === true) void sendPieces(sent, body);
      else sent.end(body);
    });
    if (status !== 200 || text !== `${body.length} ${crc32(body)}`) throw new Error(`status ${status}: ${text}`);
  };
}

/** Asks an origin that fails in its own way; the edge says so, or the answer breaks off as it did there. */
export function fault(path: string, expected: number | 'broken'): Visit {
  return async (world) => {
    let said: number | 'broken';
    try {
      ({ status: said } = await exchange(world, { path, host: 'faults.example' }, 'GET', (sent) => sent.end()));
    } catch {
      said = 'broken';
    }
    if (said !== expected) throw new Error(`${said}, not ${expected}`);
  };
}

async function sendPieces(sent: ClientRequest, body: Buffer): Promise<void> {
  const piece = Math.ceil(body.length / 4);
  for (let at = 0; at < body.length && !sent.destroyed; at += piece) {
    sent.write(body.subarray(at, at + piece));
    await sleep(5);
  }
  sent.end();
}

function exchange(world: World, what: Ask, method: string, send: (sent: ClientRequest) => void): Promise<Answered> {
  const { isTls = false, isNew = false, path, host } = what;
  const { target, headers } = world.head();
  if (host !== undefined) headers.Host = host;
  const agent: Agent | false = isNew ? false : isTls ? world.keptTls : world.keptPlain;
  const where = { host: '127.0.0.1', port: isTls ? world.ports.tls : world.ports.plain, servername: 'shop.example' };
  const options = { ...where, method, path: path ?? target, headers, agent, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage) => readAll(response).then(resolve, reject);
    const sent = isTls ? tlsRequest(options, onResponse) : request(options, onResponse);
    sent.setTimeout(answerMsMax, () => sent.destroy(new Error(`silent for ${answerMsMax} ms`)));
    sent.on('error', reject);
    send(sent);
  });
}

/** Rejects when it breaks off, or when `/bytes/…` or `/chunked/…` is not what it should be. */
function readAll(response: IncomingMessage): Promise<Answered> {
  const isPattern = /^\/(bytes|chunked)\//.test((response as { req?: ClientRequest }).req?.path ?? '');
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let text = '';
    response.on('data', (piece: Buffer) => {
      if (isPattern && response.statusCode === 200 && !isPieceOfBody(piece, bytes)) reject(new Error('other bytes'));
      if (text.length < textCharactersMax) text += piece.toString('latin1').slice(0, textCharactersMax);
      bytes += piece.length;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, text }));
    response.on('error', reject);
    response.on('aborted', () => reject(new Error('the answer broke off')));
  });
}
