import type { IncomingMessage } from 'node:http';
import type { TimerClock } from '../kernel/clock.ts';
import { controlLimits } from './limits.ts';

/**
 * Reads what a client still sends of a body that is refused for its size. Answered while it sends, the client meets a
 * reset connection instead of the reasons; a client that goes on and on meets it all the same.
 */
export function readRest(incoming: IncomingMessage | undefined, clock: TimerClock): Promise<void> {
  if (incoming === undefined || incoming.readableEnded || incoming.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = clock.after(controlLimits.restMsMax, resolve);
    const done = () => {
      timer.cancel();
      resolve();
    };
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > controlLimits.restBytesMax) done();
    });
    incoming.once('end', done).once('close', done).once('error', done);
    incoming.resume();
  });
}
