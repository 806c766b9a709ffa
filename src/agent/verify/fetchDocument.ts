import { request as requestPlain } from 'node:http';
import { isLoopback } from '../../address/index.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import { withDeadline } from '../../kernel/withDeadline.ts';
import { verifyLimits } from './limits.ts';

/**
 * GETs a document that the configuration names: bounded in time and bytes, redirects to `https:` alone. Throws an Error
 * with a sentence. `http:` is for this machine only.
 */
export function fetchDocument(
  url: string,
  bytesMax: number,
  stop: AbortSignal,
  clock: TimerClock,
): Promise<Uint8Array> {
  return withDeadline(clock, verifyLimits.fetchMsMax, (signal) => follow(url, bytesMax, signal), stop);
}

async function follow(url: string, bytesMax: number, signal: AbortSignal): Promise<Uint8Array> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= verifyLimits.redirectsMax; redirects += 1) {
    const answer = await get(at, bytesMax, signal);
    if ('bytes' in answer) return answer.bytes;
    const next = URL.parse(answer.location, at);
    if (next?.protocol !== 'https:')
      throw new Error(`${at} leads to ${answer.location.slice(0, 200)}, which is not https`);
    at = next;
  }
  throw new Error(`${url} leads on more than ${verifyLimits.redirectsMax} times`);
}

type Answer = { readonly bytes: Uint8Array } | { readonly location: string };

async function get(url: URL, bytesMax: number, signal: AbortSignal): Promise<Answer> {
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
    throw new Error(`${url} is not https`);
  // TLS is loaded when something is fetched, not by an agent that fetches nothing.
  const request = url.protocol === 'https:' ? (await import('node:https')).request : requestPlain;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new Error(`${url}: ${error.message}`));
    const sent = request(
      url,
      { signal, agent: false, headers: { accept: '*/*', 'user-agent': 'holdfast' } },
      (response) => {
        const { statusCode = 0, headers } = response;
        response.on('error', fail);
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          response.destroy();
          resolve({ location: headers.location });
          return;
        }
        if (statusCode !== 200) {
          response.destroy();
          fail(new Error(`answered ${statusCode}`));
          return;
        }
        const chunks: Uint8Array[] = [];
        let bytes = 0;
        // Counted as it comes: a Content-Length may lie or be missing.
        response.on('data', (chunk: Uint8Array) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > bytesMax) response.destroy(new Error(`more than ${bytesMax} bytes`));
        });
        response.on('end', () => resolve({ bytes: Buffer.concat(chunks) }));
      },
    );
    sent.on('error', fail);
    sent.end();
  });
}
