import { connect } from 'node:net';
import type { World } from './world.ts';

/** A worker meets some two thirds of all when each address comes twice, on a connection of either. */
const timesEach = 2;
const connections = 16;
const requestsAtOnce = 64;
const answerMsMax = 60_000;
/** An edge that is pressed for time ends connections after an answer; whoever is not done comes again. */
const comingsMax = 2_000;
/** The bodies hold no such thing. */
const answer = /HTTP\/1\.1 (\d{3})/g;
const answerChars = 'HTTP/1.1 200'.length;

/**
 * Requests from all addresses, as fast as they go. What an edge remembers of its clients has a bound, and takes memory as
 * they come: before memory is compared the bound is reached, or everybody is known.
 */
export async function everybodyOnce(world: World): Promise<void> {
  const share = Math.ceil((world.clientAddresses * timesEach) / connections);
  await Promise.all(Array.from({ length: connections }, () => askAll(world, share)));
}

async function askAll(world: World, requests: number): Promise<void> {
  let left = requests;
  for (let coming = 0; left > 0; coming++) {
    if (coming === comingsMax) throw new Error(`the crowd at the start got ${requests - left} of ${requests} answers`);
    left -= await askSome(world, left);
  }
}

/** On one connection, until it ends; how many were answered. */
function askSome(world: World, requests: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let [answered, sent] = [0, 0];
    let rest = '';
    const socket = connect(world.ports.plain, '127.0.0.1');
    const next = (): void => {
      const count = Math.min(requests - sent, requestsAtOnce);
      if (count === 0) socket.end();
      else socket.write(Array.from({ length: count }, () => requestText(world)).join(''));
      sent += count;
    };
    socket.setTimeout(answerMsMax, () => socket.destroy());
    socket.setEncoding('latin1').on('data', (text: string) => {
      const whole = rest + text;
      let end = 0;
      for (const { 1: status, index } of whole.matchAll(answer)) {
        end = index + answerChars;
        if (status === '200') answered += 1;
        else if (status !== '503') reject(new Error(`status ${status} for the crowd at the start`));
      }
      rest = whole.slice(Math.max(end, whole.length - answerChars + 1));
      if (answered === sent) next();
    });
    socket.on('connect', next).on('error', () => {});
    socket.on('close', () => resolve(answered));
  });
}

function requestText(world: World): string {
  return `GET / HTTP/1.1\r\nHost: plain.example\r\nX-Forwarded-For: ${world.address()}\r\n\r\n`;
}
