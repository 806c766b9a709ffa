import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchHead } from '../heads.ts';
import { cores } from '../pinned.ts';
import type { Load } from './load.ts';
import { output } from './output.ts';

const connections = 32;
const streams = 4;

/**
 * HTTP/2 over TLS. h2load sends one set of headers with all paths, so the heads differ in their paths alone and come from one
 * client.
 */
export function h2load(folder: string, heads: readonly BenchHead[]): Load {
  return {
    async run(port, seconds) {
      const listPath = join(folder, `h2load-${port}.txt`);
      writeFileSync(listPath, heads.map(({ target }) => `https://127.0.0.1:${port}${target}`).join('\n'));
      const rates = ['-t1', `-c${connections}`, `-m${streams}`, `-D${seconds}`];
      return readH2load(await output('h2load', [...rates, '-i', listPath, ...headersOf(heads[0]!)], cores.load));
    },
  };
}

function headersOf({ headers }: BenchHead): string[] {
  const words: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    words.push('-H', `${name === 'host' ? ':authority' : name}: ${headers[index + 1]}`);
  }
  return words;
}

/** The requests that h2load saw answered with 2xx. Throws an Error when any failed. */
export function readH2load(said: string): number {
  const counts = /(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(said);
  const statuses = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(said);
  if (counts === null || statuses === null)
    throw new Error(`h2load said nothing that can be read: ${said.slice(-200)}`);
  const [succeeded, ...bad] = counts.slice(1).map(Number);
  const [good, ...others] = statuses.slice(1).map(Number);
  if ([...bad, ...others].some((count) => count > 0)) throw new Error(`${counts[0]}; ${statuses[0]}`);
  if (!(succeeded! > 0) || !(good! > 0)) throw new Error('h2load counted no request');
  return succeeded!;
}
