import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { isPieceOfBody, startOfBody } from './body.ts';
import type { Visit, World } from './world.ts';

const streamsPerSession = 200;
/** A machine that stands still for a moment is no failure of the edge. */
const answerMsMax = 60_000;
const sessions = new WeakMap<World, KeptSessions>();

/** Three sessions that are used in turn, each replaced after some time. */
class KeptSessions {
  readonly #world: World;
  readonly #kept: { session: ClientHttp2Session; streams: number }[] = [];
  #next = 0;

  constructor(world: World) {
    this.#world = world;
  }

  take(): ClientHttp2Session {
    const index = this.#next++ % 3;
    let kept = this.#kept[index];
    if (kept === undefined || kept.session.closed || kept.session.destroyed || kept.streams >= streamsPerSession) {
      kept?.session.close();
      kept = { session: openSession(this.#world), streams: 0 };
      this.#kept[index] = kept;
    }
    kept.streams += 1;
    return kept.session;
  }

  rest(): void {
    for (const { session } of this.#kept.splice(0)) session.close();
  }
}

function keptOf(world: World): KeptSessions {
  const kept = sessions.get(world) ?? new KeptSessions(world);
  sessions.set(world, kept);
  return kept;
}

export function restHttp2(world: World): void {
  sessions.get(world)?.rest();
}

function openSession(world: World): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${world.ports.tls}`, {
    rejectUnauthorized: false,
    servername: 'shop.example',
  });
  session.on('error', () => {});
  return session;
}

export function h2Get(path?: string, bytes?: number): Visit {
  return async (world) => {
    const got = await ask(keptOf(world).take(), world, 'GET', path);
    if (got.status !== 200) throw new Error(`status ${got.status}`);
    if (bytes !== undefined && got.bytes !== bytes) throw new Error(`${got.bytes} of ${bytes} bytes`);
  };
}

export function h2Post(bytes: number): Visit {
  return async (world) => {
    const body = startOfBody(bytes);
    const { status, text } = await ask(keptOf(world).take(), world, 'POST', undefined, body);
    if (status !== 200 || text !== `${bytes} ${crc32(body)}`) throw new Error(`status ${status}: ${text}`);
  };
}

/** A session of its own for a few requests. */
export const h2NewSession: Visit = async (world) => {
  const session = openSession(world);
  try {
    for (let turn = 0; turn < 3; turn++) {
      const { status } = await ask(session, world, 'GET');
      if (status !== 200) throw new Error(`status ${status}`);
    }
  } finally {
    session.close();
  }
};

/** A visitor that resets its stream in the middle of a large answer, on a session that goes on. */
export const h2Reset: Visit = async (world) => {
  const { target: _, headers } = world.head();
  const stream = keptOf(world)
    .take()
    .request({ ':path': '/bytes/1048576', ':authority': 'shop.example', ...lower(headers) });
  stream.on('error', () => {});
  stream.once('data', () => stream.close(8));
  await over(stream);
};

/** A visitor that vanishes with its whole session. */
export const h2Vanish: Visit = async (world) => {
  const session = openSession(world);
  const stream = session.request({
    ':path': '/bytes/1048576',
    ':authority': 'shop.example',
    ...lower(world.head().headers),
  });
  stream.on('error', () => {});
  stream.resume();
  await sleep(world.below(40));
  session.destroy();
  await over(stream);
};

function over(stream: { destroyed: boolean; once(name: 'close', listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.once('close', () => resolve());
  });
}

function ask(session: ClientHttp2Session, world: World, method: string, path?: string, body?: Buffer) {
  const { target, headers } = world.head();
  const wanted = path ?? target;
  return new Promise<{ status: number; bytes: number; text: string }>((resolve, reject) => {
    const fields = { ':method': method, ':path': wanted, ':authority': 'shop.example', ...lower(headers) };
    const stream = session.request(fields, { endStream: body === undefined });
    let status = 0;
    let bytes = 0;
    let text = '';
    stream.setTimeout(answerMsMax, () => stream.destroy(new Error(`silent for ${answerMsMax} ms`)));
    stream.on('response', (answer) => {
      status = Number(answer[':status']);
    });
    stream.on('data', (piece: Buffer) => {
      if (wanted.startsWith('/bytes/') && !isPieceOfBody(piece, bytes)) reject(new Error('other bytes'));
      if (text.length < 200) text += piece.toString('latin1').slice(0, 200);
      bytes += piece.length;
    });
    stream.on('end', () => resolve({ status, bytes, text }));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('the stream was closed')));
    if (body !== undefined) stream.end(body);
  });
}

/** HTTP/2 wants small letters, and has `:authority` in the place of Host. */
function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  const small = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(small.filter(([name]) => name !== 'host'));
}
