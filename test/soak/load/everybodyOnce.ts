import { connect, type Socket } from 'node:net';
import type { World } from './world.ts';

/** A worker meets some two thirds of all when each address comes twice, on a connection of either. */
const timesEach = 2;
const connections = 16;
const requestsAtOnce = 64;
const secondsMax = 300;
const answer = /^HTTP\/1\.1 (\d+)/gm;

/**
 * Requests from all addresses, as fast as they go. What an edge remembers of its clients has a bound, and takes memory as
 * they come: before memory is compared the bound is reached, or everybody is known.
 */
export async function everybodyOnce(world: World): Promise<void> {
  const share = Math.ceil((world.clientAddresses * timesEach) / connections);
  await Promise.all(Array.from({ length: connections }, () => ask(world, share)));
}

function ask(world: World, requests: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let [toSend, toCome] = [requests, 0];
    let rest = '';
    const socket: Socket = connect(world.ports.plain, '127.0.0.1');
    const next = (): void => {
      if (toSend === 0) {
        socket.end();
        resolve();
        return;
      }
      toCome = Math.min(toSend, requestsAtOnce);
      toSend -= toCome;
      socket.write(Array.from({ length: toCome }, () => requestText(world)).join(''));
    };
    socket.setTimeout(secondsMax * 1_000, () => socket.destroy(new Error(`no answer for ${secondsMax} s`)));
    socket.setEncoding('latin1').on('data', (text: string) => {
      const whole = rest + text;
      const end = whole.lastIndexOf('\n') + 1;
      rest = whole.slice(end);
      for (const [, status] of whole.slice(0, end).matchAll(answer)) {
        if (status !== '200') socket.destroy(new Error(`status ${status} in the crowd of the start`));
        toCome -= 1;
      }
      if (toCome === 0) next();
    });
    socket.on('connect', next).on('error', reject);
    socket.on('close', () => reject(new Error('the edge closed a connection in the crowd of the start')));
  });
}

function requestText(world: World): string {
  return `GET / HTTP/1.1\r\nHost: plain.example\r\nX-Forwarded-For: ${world.address()}\r\n\r\n`;
}
