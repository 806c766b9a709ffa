import { connect } from 'node:tls';
import type { Attack } from './attack.ts';
import { frameReader, frameType, preface } from './rawHttp2.ts';
import type { Send } from './suite.ts';

/** A front that says nothing for so long to a stream waits for more. */
const silenceMs = 300;
/** What comes behind the end of a stream comes soon. */
const afterwardsMs = 20;

/** One connection with one attack on it, over once its stream has an end. */
export const sendHttp2: Send = ({ http2Port }, { pieces }: Attack) =>
  new Promise((resolve) => {
    const options = { port: http2Port, host: '127.0.0.1', servername: 'shop.example', ALPNProtocols: ['h2'] };
    const socket = connect({ ...options, rejectUnauthorized: false }, () => {
      socket.write(Buffer.concat([preface, ...pieces]));
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), silenceMs);
    });
    let timer = setTimeout(() => socket.destroy(), 10_000);
    const read = frameReader(({ type, flags, stream }) => {
      const ends =
        type === frameType.reset || type === frameType.goAway || (type <= frameType.headers && (flags & 1) === 1);
      if (!ends || (stream !== 1 && type !== frameType.goAway)) return;
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), afterwardsMs);
    });
    socket.on('data', read);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
