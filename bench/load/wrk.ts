import { cores } from '../pinned.ts';
import type { Load } from './load.ts';
import { output } from './output.ts';

const connections = 64;

/** HTTP/1.1 over connections that are kept; the script holds the requests. */
export function wrk(scheme: 'http' | 'https', luaPath: string): Load {
  return {
    async run(port, seconds) {
      const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', luaPath, `${scheme}://127.0.0.1:${port}/`];
      return readWrk(await output('wrk', args, cores.load));
    },
  };
}

/** The requests that wrk counted. Throws an Error when any failed. */
export function readWrk(said: string): number {
  const failed = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(said)?.[0];
  if (failed !== undefined) throw new Error(failed.trim());
  const requests = Number(/(\d+) requests in/.exec(said)?.[1]);
  if (!(requests > 0)) throw new Error('wrk counted no request');
  return requests;
}
