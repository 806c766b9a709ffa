import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Attack } from './attack.ts';
import { frameReader, frameType, preface } from './rawHttp2.ts';
import type { Send } from './suite.ts';

/** A front that says nothing for so long to a stream waits for more. */
const silenceMs = 300;
/** What comes behind the end of a stream comes soon. */
const afterwardsMs = 20;

/** One connection with one attack on it, over once its stream has an end. */
export const sendHttp2: Send = ({ http2Port }, { pieces, pauseMs }: Attack) =>
  new Promise((resolve) => {
    const options = { port: http2Port, host: '127.0.0.1', servername: 'shop.example', ALPNProtocols: ['h2'] };
    const socket = connect({ ...options, rejectUnauthorized: false }, () => void write());
    let timer = setTimeout(() => socket.destroy(), 10_000);
    const endIn = (forMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), forMs);
    };
    const write = async () => {
      endIn(silenceMs + pauseMs * pieces.length);
      if (pauseMs === 0) socket.write(Buffer.concat([preface, ...pieces]));
      else {
        socket.write(preface);
        for (const piece of pieces) {
          if (!socket.destroyed) socket.write(piece);
          await sleep(pauseMs);
        }
      }
    };
    const read = frameReader(({ type, flags, stream }) => {
      const ends =
        type === frameType.reset || type === frameType.goAway || (type <= frameType.headers && (flags & 1) === 1);
      if (ends && (stream === 1 || type === frameType.goAway)) endIn(afterwardsMs + pauseMs * pieces.length);
    });
    socket.on('data', read);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
